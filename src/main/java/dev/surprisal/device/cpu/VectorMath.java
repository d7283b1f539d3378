package dev.surprisal.device.cpu;

import java.util.Arrays;

/**
 * Elementwise functions and sums over heap arrays, in loops that the JIT compiler vectorises:
 * arrays from index 0, no method calls that it may not inline, and no Math.max, whose vectorisation
 * depends on the rest of the program.
 *
 * <p>exp and tanh reduce their argument to x = k·ln 2 + r with |r| ≤ ln 2 / 2 and take the
 * polynomial of Cephes' expf (Moshier) for e^r − 1. Errors, over all floats, against StrictMath:
 * {@link #exp} at most 0.991 ulp, also where the result is denormal, and {@link #tanh} at most
 * 2.499 ulp. The error of tanh differs between x and −x.
 */
final class VectorMath {
  /** The bound to which arguments of {@link #exp} are clamped; exp is 0 or infinite beyond. */
  static final float EXP_DOMAIN = 128;

  /** The largest magnitude of an argument of {@link #expOfArgument}. */
  static final float TERM_DOMAIN = 1 << 20;

  /** The bound beyond which tanh is ±1; the reduction holds up to it. */
  private static final float TANH_DOMAIN = 1 << 19;

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** 1.5·2²³: adding it rounds a float to an integer in the low bits. */
  private static final float ROUND = 12582912f;

  private static final int ROUND_BITS = 0x4B400000;

  /** The exponent k from which E / (E + 2) with E = 2^k is 1. */
  private static final int TANH_EXPONENT = 27;

  private VectorMath() {}

  /** Computes x[i] = exp(x[i]) for the first {@code count} elements, each in [−128, 128] or NaN. */
  static void exp(float[] x, int count, Scratch scratch) {
    for (int at = 0; at < count; at += Scratch.BLOCK) {
      int size = Math.min(Scratch.BLOCK, count - at);
      System.arraycopy(x, at, scratch.argument, 0, size);
      reduce(scratch.argument, 1, scratch.fraction, scratch.scale, size);
      scratch.toBits(scratch.scale, scratch.exponent, size);
      halves(scratch.exponent, scratch.otherExponent, size);
      scratch.fromBits(scratch.exponent, scratch.scale, size);
      scratch.fromBits(scratch.otherExponent, scratch.otherScale, size);
      finishExp(scratch.fraction, scratch.scale, scratch.otherScale, scratch.argument, size);
      System.arraycopy(scratch.argument, 0, x, at, size);
    }
  }

  /**
   * Replaces the scratch's argument by its exp, for the first {@code count} elements, at most a
   * block; each in [−2²⁰, 0] or NaN. Denormal results become 0, which makes it faster than {@link
   * #exp}.
   */
  static void expOfArgument(int count, Scratch scratch) {
    reduce(scratch.argument, 1, scratch.fraction, scratch.scale, count);
    scratch.toBits(scratch.scale, scratch.exponent, count);
    wholeOrNone(scratch.exponent, count);
    scratch.fromBits(scratch.exponent, scratch.argument, count);
    finishExp(scratch.fraction, scratch.argument, count);
  }

  /**
   * Computes x[i] = tanh(x[i]) for the first {@code count} elements, as E / (E + 2) with E = e^{2x}
   * − 1.
   */
  static void tanh(float[] x, int count, Scratch scratch) {
    range(x, 0, count, scratch);
    if (scratch.smallest < -TANH_DOMAIN || scratch.largest > TANH_DOMAIN) {
      clamp(x, 0, count, TANH_DOMAIN);
    }
    for (int at = 0; at < count; at += Scratch.BLOCK) {
      int size = Math.min(Scratch.BLOCK, count - at);
      System.arraycopy(x, at, scratch.argument, 0, size);
      reduce(scratch.argument, 2, scratch.fraction, scratch.scale, size);
      scratch.toBits(scratch.scale, scratch.exponent, size);
      whole(scratch.exponent, size);
      scratch.fromBits(scratch.exponent, scratch.scale, size);
      finishTanh(scratch.fraction, scratch.scale, scratch.argument, size);
      System.arraycopy(scratch.argument, 0, x, at, size);
    }
  }

  /** Computes fraction = e^r − 1 for v = factor·x, and k in the low bits of rounded. */
  private static void reduce(
      float[] x, float factor, float[] fraction, float[] rounded, int count) {
    for (int i = 0; i < count; i++) {
      float v = x[i] * factor;
      float t = v * LOG2_E + ROUND;
      float k = t - ROUND;
      float r = (v - k * LN2_HIGH) - k * LN2_LOW;
      float p = 1.9875691500e-4f;
      p = p * r + 1.3981999507e-3f;
      p = p * r + 8.3334519073e-3f;
      p = p * r + 4.1665795894e-2f;
      p = p * r + 1.6666665459e-1f;
      p = p * r + 5.0000001201e-1f;
      fraction[i] = p * (r * r) + r;
      rounded[i] = t;
    }
  }

  /** Computes 2^k as two factors: one would overflow or be denormal at the ends of the range. */
  private static void halves(int[] bits, int[] other, int count) {
    for (int i = 0; i < count; i++) {
      int k = bits[i] - ROUND_BITS;
      int half = k >> 1;
      bits[i] = (half + 127) << 23;
      other[i] = (k - half + 127) << 23;
    }
  }

  /** Computes 2^k with k clamped to [−27, 27]. */
  private static void whole(int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      int below = TANH_EXPONENT - (bits[i] - ROUND_BITS);
      int above = 2 * TANH_EXPONENT - (below & ~(below >> 31));
      int k = (above & ~(above >> 31)) - TANH_EXPONENT;
      bits[i] = (k + 127) << 23;
    }
  }

  /** Computes 2^k, or 0 if that is denormal. */
  private static void wholeOrNone(int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      int biased = bits[i] - (ROUND_BITS - 127);
      bits[i] = (biased & ~(biased >> 31)) << 23;
    }
  }

  private static void finishExp(float[] fraction, float[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = fraction[i] * x[i] + x[i];
    }
  }

  private static void finishExp(
      float[] fraction, float[] scale, float[] otherScale, float[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = (fraction[i] * scale[i] + scale[i]) * otherScale[i];
    }
  }

  private static void finishTanh(float[] fraction, float[] scale, float[] x, int count) {
    for (int i = 0; i < count; i++) {
      float e = fraction[i] * scale[i] + (scale[i] - 1);
      x[i] = e / (e + 2);
    }
  }

  /** Stores the smallest and the largest of x[from, to), NaN excluded, in the scratch. */
  static void range(float[] x, int from, int to, Scratch scratch) {
    float low0 = Float.POSITIVE_INFINITY;
    float low1 = low0;
    float high0 = Float.NEGATIVE_INFINITY;
    float high1 = high0;
    int i = from;
    for (; i + 1 < to; i += 2) {
      float first = x[i];
      float second = x[i + 1];
      low0 = first < low0 ? first : low0;
      low1 = second < low1 ? second : low1;
      high0 = first > high0 ? first : high0;
      high1 = second > high1 ? second : high1;
    }
    if (i < to) {
      low0 = x[i] < low0 ? x[i] : low0;
      high0 = x[i] > high0 ? x[i] : high0;
    }
    scratch.smallest = low1 < low0 ? low1 : low0;
    scratch.largest = high1 > high0 ? high1 : high0;
  }

  /** Clamps x[i] to [−bound, bound]; NaN stays NaN. */
  static void clamp(float[] x, int from, int to, float bound) {
    for (int i = from; i < to; i++) {
      x[i] = x[i] < -bound ? -bound : x[i] > bound ? bound : x[i];
    }
  }

  /** Computes x[i] = x[i] − value for i in [from, to). */
  static void subtract(float[] x, int from, int to, float value) {
    for (int i = from; i < to; i++) {
      x[i] -= value;
    }
  }

  /** Returns the sum of x[from, to), in double precision and in a fixed order. */
  static double sum(float[] x, int from, int to) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      s0 += x[i];
      s1 += x[i + 1];
      s2 += x[i + 2];
      s3 += x[i + 3];
    }
    for (; i < to; i++) {
      s0 += x[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /**
   * Returns the sum of the first {@code count} elements of x, at most a block; overwrites x, which
   * has room for a whole block. At most eight elements are added as floats, so that a sum without
   * negative terms has a relative error of at most 3·2⁻²⁴.
   */
  static double sumInParts(float[] x, int count) {
    Arrays.fill(x, count, Scratch.BLOCK, 0);
    // Distances are constants, so that the JIT sees that reads and writes do not overlap.
    for (int i = 0; i < 512; i++) {
      x[i] += x[512 + i];
    }
    for (int i = 0; i < 256; i++) {
      x[i] += x[256 + i];
    }
    for (int i = 0; i < 128; i++) {
      x[i] += x[128 + i];
    }
    return sum(x, 0, 128);
  }

  /** Returns the sum of the squares of x[from, to), in double precision and in a fixed order. */
  static double sumOfSquares(float[] x, int from, int to) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      s0 += (double) x[i] * x[i];
      s1 += (double) x[i + 1] * x[i + 1];
      s2 += (double) x[i + 2] * x[i + 2];
      s3 += (double) x[i + 3] * x[i + 3];
    }
    for (; i < to; i++) {
      s0 += (double) x[i] * x[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Computes x[i] = x[i]·factor for i in [from, to). */
  static void scale(float[] x, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      x[i] *= factor;
    }
  }

  /** Computes sum[i] += x[i] for the first {@code count} elements. */
  static void add(float[] sum, float[] x, int at, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += x[at + i];
    }
  }
}
