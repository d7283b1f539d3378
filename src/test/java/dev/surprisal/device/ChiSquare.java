package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Pearson's test of counts against what is expected of them. */
public final class ChiSquare {
  private ChiSquare() {}

  /**
   * Fails if such counts, or worse ones, come about in one case of 3 million: beyond 5 deviations
   * of Wilson and Hilferty's approximation. What is expected never must not occur.
   */
  public static void assertPlausible(String what, double[] expected, int[] counts) {
    double sum = 0;
    int possible = 0;
    for (int i = 0; i < counts.length; i++) {
      if (expected[i] == 0) {
        assertEquals(0, counts[i], what + ": " + i + " is impossible");
      } else {
        sum += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
        possible++;
      }
    }
    if (possible > 1) {
      double spread = 2 / (9.0 * (possible - 1));
      double z = (Math.cbrt(sum / (possible - 1)) - (1 - spread)) / Math.sqrt(spread);
      assertTrue(z < 5, what + ": chi-square is " + sum + " with " + possible + " classes");
    }
  }
}
