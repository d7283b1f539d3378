package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.oracle.SampledOracle.Result;
import org.junit.jupiter.api.Test;

class SampledOracleTest {
  private static final int ROWS = 4;
  private static final int[] TARGETS = {2, 0, 4, 2};
  private static final int[] SAMPLES = {1, 2, 2, 0, 3, 1};
  private static final double[] LOG_P = {
    Math.log(0.3), Math.log(0.2), Math.log(0.1), Math.log(0.25), Math.log(0.15)
  };
  private static final double[] LOGITS = Samples.normal(1, ROWS * SAMPLES.length, 1);
  private static final double[] OWN = Samples.normal(2, ROWS, 1);
  private static final double[] UPSTREAM = Samples.normal(3, ROWS, 1);

  private interface Loss {
    Result of(
        double[] logits,
        double[] targetLogits,
        int[] targets,
        int[] samples,
        double[] logProbabilities,
        double[] upstream);
  }

  private static Result run(Loss loss, double[] logits, double[] own) {
    return loss.of(logits, own, TARGETS, SAMPLES, LOG_P, UPSTREAM);
  }

  @Test
  void the_gradients_are_those_of_central_differences() {
    for (Loss loss : new Loss[] {SampledOracle::softmax, SampledOracle::noise}) {
      Result result = run(loss, LOGITS, OWN);
      CentralDifferences.check(
          "logits",
          x -> CentralDifferences.dot(UPSTREAM, run(loss, x, OWN).losses()),
          LOGITS.clone(),
          result.logits());
      CentralDifferences.check(
          "logits of targets",
          x -> CentralDifferences.dot(UPSTREAM, run(loss, LOGITS, x).losses()),
          OWN.clone(),
          result.targetLogits());
    }
  }

  @Test
  void every_class_once_from_the_even_distribution_makes_the_whole_softmax() {
    double[] z = Samples.normal(4, 5, 1);
    double[] even = {-Math.log(5), -Math.log(5), -Math.log(5), -Math.log(5), -Math.log(5)};
    Result result =
        SampledOracle.softmax(
            z, new double[] {z[3]}, new int[] {3}, new int[] {0, 1, 2, 3, 4}, even, one());
    double sum = 0;
    for (double logit : z) {
      sum += Math.exp(logit);
    }
    assertEquals(Math.log(sum) - z[3], result.losses()[0], 1e-12);
    assertEquals(Math.exp(z[3]) / sum - 1, result.targetLogits()[0], 1e-12);
    assertEquals(Math.exp(z[1]) / sum, result.logits()[1], 1e-12);
    assertEquals(0, result.logits()[3]);
  }

  @Test
  void what_is_as_probable_as_noise_costs_log_2() {
    double[] even = {Math.log(0.5), Math.log(0.5)};
    Result result =
        SampledOracle.noise(
            new double[] {0, 0}, new double[1], new int[1], new int[] {1, 0}, even, one());
    assertEquals(3 * Math.log(2), result.losses()[0], 1e-15);
    assertArrayEquals(new double[] {0.5, 0.5}, result.logits(), 1e-15);
    assertEquals(-0.5, result.targetLogits()[0], 1e-15);
  }

  private static double[] one() {
    return new double[] {1};
  }
}
