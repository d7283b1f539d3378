package dev.surprisal.oracle;

import java.util.Arrays;

/** bfloat16, from its definition: 8 significant bits and the exponents of float32. */
public final class Bfloat16 {
  private static final int SIGNIFICANT = 8;
  private static final double LARGEST = (2 - 0x1p-7) * 0x1p127;

  private Bfloat16() {}

  /**
   * Rounds to the nearest bfloat16, of two the even one; what is beyond the largest by half a place
   * or more is an infinity.
   *
   * @param value any
   * @return a number that bfloat16 has
   */
  public static double rounded(double value) {
    if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    // Subnormal numbers have the places of the smallest normal one.
    int exponent = Math.max(Math.getExponent(value), Float.MIN_EXPONENT);
    double place = Math.scalb(1.0, exponent - (SIGNIFICANT - 1));
    double nearest = Math.rint(value / place) * place;
    return Math.abs(nearest) > LARGEST ? Math.copySign(Double.POSITIVE_INFINITY, value) : nearest;
  }

  /**
   * Rounds values.
   *
   * @param values any
   * @return the nearest bfloat16 of each
   */
  public static double[] rounded(double[] values) {
    return Arrays.stream(values).map(Bfloat16::rounded).toArray();
  }
}
