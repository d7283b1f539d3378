package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whether initial values come from the distribution that PyTorch draws them from. */
final class Distributions {
  private Distributions() {}

  /** Within the bound, and with mean and variance to five standard errors. */
  static void assertUniform(String name, double bound, float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest <= (float) bound, name + " reaches " + largest + " beyond " + bound);
    assertMoments(name, bound / Math.sqrt(3), 1.8, values);
  }

  /** Mean and variance to five standard errors. */
  static void assertNormal(String name, float[] values) {
    assertMoments(name, 1, 3, values);
  }

  private static void assertMoments(
      String name, double deviation, double kurtosis, float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      double z = value / deviation;
      sum += z;
      squares += z * z;
    }
    int count = values.length;
    assertEquals(0, sum / count, 5 / Math.sqrt(count), "mean of " + name);
    assertEquals(1, squares / count, 5 * Math.sqrt((kurtosis - 1) / count), "variance of " + name);
  }
}
