package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.Bench;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.AdaptiveSoftmaxCase;
import dev.surprisal.oracle.AdaptiveSoftmaxOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdaptiveSoftmaxTest {
  private static final String NAME = "softmax";

  private static HeadConfig.Adaptive config(AdaptiveSoftmaxCase of) {
    return new HeadConfig.Adaptive(
        IntStream.of(of.cutoffs()).boxed().toList(),
        of.divValue(),
        of.weights().containsKey("head.bias"));
  }

  private static Parameters parameters(Bench bench, AdaptiveSoftmaxCase of) {
    Parameters parameters =
        new Parameters(
            bench.device(), AdaptiveSoftmax.parameters(NAME, of.width(), of.classes(), config(of)));
    of.weights()
        .forEach(
            (name, values) -> parameters.value(NAME + "." + name).write(Samples.floats(values)));
    return parameters;
  }

  @OnEveryDevice
  void log_probabilities_and_predictions_are_those_of_pytorch(Bench bench) {
    for (AdaptiveSoftmaxCase of : AdaptiveSoftmaxCase.all()) {
      int rows = of.targets().length;
      try (Parameters parameters = parameters(bench, of);
          AdaptiveSoftmax softmax = new AdaptiveSoftmax(parameters, NAME, config(of))) {
        assertEquals(
            of.weights().keySet().stream().map(name -> NAME + "." + name).toList(),
            parameters.names());
        Tensor hidden = bench.floats(of.hidden(), rows, of.width());
        Tensor logProbabilities = bench.output(rows, of.classes());
        softmax.logProbabilities(hidden, logProbabilities);
        Tolerance.FLOAT32.assertClose(
            of.name(), of.logProbabilities(), logProbabilities.toFloats());
        Tensor predicted = bench.intOutput(rows);
        Tensor best = bench.output(rows);
        softmax.predict(hidden, predicted, best);
        assertArrayEquals(of.predicted(), predicted.toInts(), of.name());
        double[] expected = new double[rows];
        Arrays.setAll(
            expected, row -> of.logProbabilities()[row * of.classes() + of.predicted()[row]]);
        Tolerance.FLOAT32.assertClose(of.name() + ", best", expected, best.toFloats());
      }
    }
  }

  @OnEveryDevice
  void log_probabilities_are_those_of_the_formula_at_odd_sizes(Bench bench) {
    HeadConfig.Adaptive config = new HeadConfig.Adaptive(List.of(31, 33, 500), 3, true);
    List<ParameterSpec> specs = AdaptiveSoftmax.parameters(NAME, 33, 2741, config);
    try (Parameters parameters = new Parameters(bench.device(), specs);
        AdaptiveSoftmax softmax = new AdaptiveSoftmax(parameters, NAME, config)) {
      softmax.initialise(1);
      double[] hidden = Samples.normal(2, 7 * 33, 1);
      Map<String, double[]> weights = new LinkedHashMap<>();
      for (String name : parameters.names()) {
        weights.put(
            name.substring(NAME.length() + 1), Samples.doubles(parameters.value(name).toFloats()));
      }
      double[] expected =
          new AdaptiveSoftmaxOracle(33, 2741, new int[] {31, 33, 500}, weights)
              .logProbabilities(hidden);
      // Rows one by one, and together: the room for them grows.
      Tensor row = bench.output(1, 2741);
      softmax.logits(bench.floats(Arrays.copyOf(hidden, 33), 1, 33), row);
      Tensor all = bench.output(7, 2741);
      softmax.logits(bench.floats(hidden, 7, 33), all);
      Tolerance.FLOAT32.assertClose("all", expected, all.toFloats());
      Tolerance.FLOAT32.assertClose("row", Arrays.copyOf(expected, 2741), row.toFloats());
    }
  }

  @OnEveryDevice
  void initial_weights_come_from_pytorchs_distributions(Bench bench) {
    HeadConfig.Adaptive config = new HeadConfig.Adaptive(List.of(500, 900), 2, true);
    List<ParameterSpec> specs = AdaptiveSoftmax.parameters(NAME, 64, 1500, config);
    try (Parameters parameters = new Parameters(bench.device(), specs);
        AdaptiveSoftmax softmax = new AdaptiveSoftmax(parameters, NAME, config)) {
      assertEquals(64, softmax.width());
      assertEquals(1500, softmax.classes());
      softmax.initialise(1);
      for (String name : parameters.names()) {
        Shape shape = parameters.value(name).shape();
        long inputs = shape.rank() == 2 ? shape.size(1) : 64;
        Distributions.assertUniform(name, 1 / Math.sqrt(inputs), parameters.value(name).toFloats());
      }
    }
  }

  @OnEveryDevice
  void room_that_does_not_fit_is_refused(Bench bench) {
    AdaptiveSoftmaxCase of = AdaptiveSoftmaxCase.all().get(0);
    try (Parameters parameters = parameters(bench, of);
        AdaptiveSoftmax softmax = new AdaptiveSoftmax(parameters, NAME, config(of))) {
      Tensor hidden = bench.output(3, of.width());
      Tensor uneven = bench.output(3, of.width() + 1);
      assertThrows(
          IllegalArgumentException.class,
          () -> softmax.logProbabilities(hidden, bench.output(3, of.classes() + 1)));
      assertThrows(
          IllegalArgumentException.class,
          () -> softmax.logProbabilities(uneven, bench.output(3, of.classes())));
      assertThrows(
          IllegalArgumentException.class,
          () -> softmax.predict(hidden, bench.intOutput(2), bench.output(3)));
    }
  }

  @Test
  void cutoffs_that_are_none_or_do_not_increase_are_refused() {
    for (List<Integer> cutoffs :
        List.of(List.of(0), List.of(-1, 4), List.of(4, 4), List.of(9, 4), List.of(1, 5, 3))) {
      String message = refused(cutoffs, 4).getMessage();
      String spelling = String.join("+", cutoffs.stream().map(String::valueOf).toList());
      assertEquals(
          "an adaptive softmax takes cutoffs of 1 and more that increase, found " + spelling,
          message);
    }
    assertEquals(
        "an adaptive softmax takes cutoffs of 1 and more that increase, found none",
        refused(List.of(), 4).getMessage());
  }

  @Test
  void a_divisor_below_1_is_refused() {
    for (double divisor : new double[] {0.5, 0, -2, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertEquals(
          "an adaptive softmax divides hidden sizes by 1 or more, found " + divisor,
          refused(List.of(4), divisor).getMessage());
    }
  }

  private static IllegalArgumentException refused(List<Integer> cutoffs, double divisor) {
    return assertThrows(
        IllegalArgumentException.class, () -> new HeadConfig.Adaptive(cutoffs, divisor, false));
  }

  @Test
  void a_cutoff_that_leaves_the_last_cluster_no_class_is_refused() {
    HeadConfig.Adaptive config = new HeadConfig.Adaptive(List.of(4, 10), 2, false);
    assertEquals(5, AdaptiveSoftmax.parameters(NAME, 8, 11, config).size());
    assertEquals(
        "the cutoffs of an adaptive softmax over 10 classes are at most 9, found 10",
        assertThrows(
                IllegalArgumentException.class,
                () -> AdaptiveSoftmax.parameters(NAME, 8, 10, config))
            .getMessage());
  }

  @Test
  void a_cluster_without_hidden_units_is_refused() {
    HeadConfig.Adaptive config = new HeadConfig.Adaptive(List.of(4, 6), 4, false);
    assertEquals(Shape.of(1, 16), AdaptiveSoftmax.parameters(NAME, 16, 11, config).get(3).shape());
    assertEquals(
        "cluster 2 of an adaptive softmax would have no hidden unit: 15 divided by 4.0 to the power"
            + " of 2 is below 1; take a smaller divisor or fewer cutoffs",
        assertThrows(
                IllegalArgumentException.class,
                () -> AdaptiveSoftmax.parameters(NAME, 15, 11, config))
            .getMessage());
  }
}
