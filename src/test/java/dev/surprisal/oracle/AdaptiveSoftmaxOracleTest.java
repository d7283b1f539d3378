package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.AdaptiveSoftmaxOracle.Result;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdaptiveSoftmaxOracleTest {
  // Both computed in double; the file holds its results as floats.
  private static final Tolerance TOLERANCE = new Tolerance(1e-7, 1e-15);

  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.AdaptiveSoftmaxCase#all")
  void losses_and_every_gradient_are_those_of_pytorch(AdaptiveSoftmaxCase c) {
    Result result = oracle(c, c.weights()).loss(c.hidden(), c.targets(), mean(c));
    double[] expected = Arrays.stream(c.output()).map(output -> -output).toArray();
    TOLERANCE.assertClose("losses", expected, result.losses());
    TOLERANCE.assertClose("loss", c.loss(), CentralDifferences.dot(mean(c), result.losses()));
    TOLERANCE.assertClose("gradient of hidden", c.gradHidden(), result.hidden());
    assertEquals(c.gradWeights().keySet(), result.weights().keySet());
    c.gradWeights()
        .forEach(
            (name, gradient) -> TOLERANCE.assertClose(name, gradient, result.weights().get(name)));
  }

  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.AdaptiveSoftmaxCase#all")
  void log_probabilities_and_predictions_are_those_of_pytorch(AdaptiveSoftmaxCase c) {
    AdaptiveSoftmaxOracle oracle = oracle(c, c.weights());
    TOLERANCE.assertClose(
        "log-probabilities", c.logProbabilities(), oracle.logProbabilities(c.hidden()));
    assertArrayEquals(c.predicted(), oracle.predict(c.hidden()));
  }

  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.AdaptiveSoftmaxCase#all")
  void gradients_are_those_of_central_differences(AdaptiveSoftmaxCase c) {
    double[] upstream = Samples.normal(1, c.targets().length, 1);
    Result result = oracle(c, c.weights()).loss(c.hidden(), c.targets(), upstream);
    CentralDifferences.check(
        "hidden",
        hidden ->
            CentralDifferences.dot(
                upstream, oracle(c, c.weights()).loss(hidden, c.targets(), upstream).losses()),
        c.hidden(),
        result.hidden());
    for (String name : c.weights().keySet()) {
      Map<String, double[]> weights = new LinkedHashMap<>(c.weights());
      CentralDifferences.check(
          name,
          weight -> {
            weights.put(name, weight);
            return CentralDifferences.dot(
                upstream, oracle(c, weights).loss(c.hidden(), c.targets(), upstream).losses());
          },
          c.weights().get(name),
          result.weights().get(name));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.AdaptiveSoftmaxCase#all")
  void the_probabilities_of_all_classes_sum_to_1(AdaptiveSoftmaxCase c) {
    double[] logProbabilities = oracle(c, c.weights()).logProbabilities(c.hidden());
    for (int row = 0; row < c.targets().length; row++) {
      double sum =
          Arrays.stream(logProbabilities, row * c.classes(), (row + 1) * c.classes())
              .map(Math::exp)
              .sum();
      assertEquals(1, sum, 1e-14);
    }
  }

  @Test
  void the_golden_file_covers_every_kind_of_case() {
    assertTrue(AdaptiveSoftmaxCase.all().stream().anyMatch(c -> c.cutoffs().length == 1));
    assertTrue(AdaptiveSoftmaxCase.all().stream().anyMatch(c -> c.cutoffs().length == 3));
    assertTrue(
        AdaptiveSoftmaxCase.all().stream().anyMatch(c -> c.weights().containsKey("head.bias")));
    assertTrue(AdaptiveSoftmaxCase.all().stream().anyMatch(AdaptiveSoftmaxOracleTest::inTails));
    for (AdaptiveSoftmaxCase c : AdaptiveSoftmaxCase.all()) {
      for (int i = 0; i < c.cutoffs().length; i++) {
        int narrow = (int) (c.width() / Math.pow(c.divValue(), i + 1));
        assertEquals(narrow * c.width(), c.weights().get("tail." + i + ".0.weight").length);
      }
    }
  }

  private static boolean inTails(AdaptiveSoftmaxCase c) {
    return Arrays.stream(c.predicted()).anyMatch(predicted -> predicted >= c.cutoffs()[0]);
  }

  private static AdaptiveSoftmaxOracle oracle(
      AdaptiveSoftmaxCase c, Map<String, double[]> weights) {
    return new AdaptiveSoftmaxOracle(c.width(), c.classes(), c.cutoffs(), weights);
  }

  private static double[] mean(AdaptiveSoftmaxCase c) {
    double[] upstream = new double[c.targets().length];
    Arrays.fill(upstream, 1.0 / upstream.length);
    return upstream;
  }
}
