package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Locale;

/**
 * PyTorch's rule of closeness: |actual − expected| ≤ atol + rtol · |expected|. Equal infinities are
 * close, a NaN is close to nothing.
 *
 * @param rtol relative part
 * @param atol absolute part
 */
public record Tolerance(double rtol, double atol) {
  /** For float32 results. */
  public static final Tolerance FLOAT32 = new Tolerance(1.3e-6, 1e-5);

  /** For bfloat16 results. */
  public static final Tolerance BFLOAT16 = new Tolerance(1.6e-2, 1e-5);

  /**
   * For a result that sums many terms: √(terms / 64) times as wide, as rounding errors of both
   * signs add up, but never narrower.
   *
   * @param terms how many terms each value sums
   * @return the tolerance
   */
  public Tolerance scaled(long terms) {
    double factor = Math.sqrt(Math.max(1, terms / 64.0));
    return new Tolerance(rtol * factor, atol * factor);
  }

  /**
   * For values of another magnitude than 1: atol times that, so that it neither hides small values
   * nor fails large ones.
   *
   * @param magnitude typical value
   * @return the tolerance
   */
  public Tolerance around(double magnitude) {
    return new Tolerance(rtol, atol * magnitude);
  }

  /**
   * Fails unless all values are close.
   *
   * @param what their name, for the message
   * @param expected what they should be
   * @param actual what they are
   */
  public void assertClose(String what, double[] expected, double[] actual) {
    if (expected.length != actual.length) {
      fail("%s: expected %d values, found %d".formatted(what, expected.length, actual.length));
    }
    int worst = -1;
    double worstExcess = 1;
    int apart = 0;
    for (int i = 0; i < expected.length; i++) {
      double excess = excess(expected[i], actual[i]);
      apart += excess > 1 ? 1 : 0;
      if (excess > worstExcess) {
        worst = i;
        worstExcess = excess;
      }
    }
    if (apart > 0) {
      fail(
          String.format(
              Locale.ROOT,
              "%s: %d of %d values are not close; worst at %d: expected %.9g, found %.9g,"
                  + " apart %.3g, allowed %.3g",
              what,
              apart,
              expected.length,
              worst,
              expected[worst],
              actual[worst],
              Math.abs(actual[worst] - expected[worst]),
              allowed(expected[worst])));
    }
  }

  /**
   * Fails unless all values are close.
   *
   * @param what their name, for the message
   * @param expected what they should be
   * @param actual what they are
   */
  public void assertClose(String what, double[] expected, float[] actual) {
    assertClose(what, expected, Samples.doubles(actual));
  }

  /**
   * Fails unless the values are close.
   *
   * @param what its name, for the message
   * @param expected what it should be
   * @param actual what it is
   */
  public void assertClose(String what, double expected, double actual) {
    assertClose(what, new double[] {expected}, new double[] {actual});
  }

  private double allowed(double expected) {
    return atol + rtol * Math.abs(expected);
  }

  /** How far apart two values are, in allowed errors. */
  private double excess(double expected, double actual) {
    if (expected == actual) {
      return 0;
    }
    double excess = Math.abs(actual - expected) / allowed(expected);
    return Double.isNaN(excess) ? Double.POSITIVE_INFINITY : excess;
  }
}
