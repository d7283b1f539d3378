package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.Samples;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxTest {
  private static final int ROWS = 3;

  private final Softmax softmax = new Softmax();

  private void compute(float[] x, int classes, float scale) {
    softmax.set(x, x.length / classes, classes, scale, new float[x.length], new Scratch());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 1023, 1024, 1025, 3001})
  void short_and_long_rows_have_the_values_of_the_formula(int classes) {
    float[] x = Samples.floats(Samples.normal(1, ROWS * classes, 4));
    compute(x, classes, 0.7f);
    for (int row = 0; row < ROWS; row++) {
      softmax.select(row);
      double sum = 0;
      for (int v = 0; v < classes; v++) {
        sum += Math.exp((double) 0.7f * x[row * classes + v]);
      }
      double entropy = 0;
      for (int v = 0; v < classes; v++) {
        double log = (double) 0.7f * x[row * classes + v] - Math.log(sum);
        entropy -= Math.exp(log) * log;
        assertEquals(log, softmax.logProbability(v), 2e-7);
        assertEquals(Math.exp(log), softmax.probability(v), 3e-7 * Math.exp(log));
        assertEquals(Math.exp(log), softmax.share(v), 3e-6 * Math.exp(log));
        assertEquals(1 - Math.exp(log), softmax.others(v), 3e-7);
      }
      assertEquals(Math.log(sum), softmax.logSumExp(), 2e-7 * (1 + Math.abs(Math.log(sum))));
      assertEquals(entropy, softmax.entropy(), 2e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 3001})
  void a_probability_near_1_keeps_its_distance_to_1(int classes) {
    float[] x = new float[classes];
    x[70] = 60;
    compute(x, classes, 1);
    softmax.select(0);
    double rest = (classes - 1) * Math.exp(-60);
    assertEquals(70, softmax.top());
    assertEquals(rest, softmax.others(70), 1e-6 * rest);
    assertEquals(-rest, softmax.logProbability(70), 1e-6 * rest);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 3001})
  void masked_and_hopeless_classes_have_probability_0_and_all_others_what_is_left(int classes) {
    float[] x = new float[classes];
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    x[3] = 1e30f;
    x[60] = 1e30f;
    x[61] = -1e30f;
    compute(x, classes, 1);
    softmax.select(0);
    assertEquals(3, softmax.top());
    assertEquals(0.5, softmax.share(60));
    assertEquals(0.5, softmax.probability(3));
    assertEquals(0, softmax.share(0));
    assertEquals(0, softmax.share(61));
    assertEquals(Math.log(2), softmax.entropy(), 1e-9);
    Arrays.fill(x, Float.NaN);
    compute(x, classes, 1);
    softmax.select(0);
    assertTrue(Double.isNaN(softmax.logSumExp()));
  }
}
