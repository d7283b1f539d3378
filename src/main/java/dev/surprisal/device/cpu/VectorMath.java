package dev.surprisal.device.cpu;

/**
 * Elementwise functions and sums over heap arrays, in loops that the JIT compiler vectorises.
 *
 * <p>Both functions reduce their argument to x = k·ln 2 + r with |r| ≤ ln 2 / 2 and take the
 * polynomial of Cephes' expf (Moshier) for e^r − 1. Errors, over all floats, against StrictMath:
 * {@link #exp} at most 0.991 ulp, also where the result is denormal, and {@link #tanh} at most
 * 2.499 ulp. The error of tanh differs between x and −x.
 */
final class VectorMath {
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** 1.5·2²³: adding it rounds a float to an integer, which then stands in the low bits. */
  private static final float ROUND = 12582912f;

  private static final int ROUND_BITS = 0x4B400000;
  private static final float EXP_MIN = -105f;
  private static final float EXP_MAX = 89f;
  private static final float TANH_MAX = 9.5f;

  private VectorMath() {}

  /** x[i] = exp(x[i] − shift) for i in [from, to). */
  static void exp(float[] x, int from, int to, float shift, Scratch scratch) {
    for (int at = from; at < to; at += Scratch.BLOCK) {
      int count = Math.min(Scratch.BLOCK, to - at);
      shiftAndReduce(x, at, shift, scratch.fraction, scratch.scale, count);
      scratch.toBits(scratch.scale, scratch.exponent, count);
      halves(scratch.exponent, scratch.otherExponent, count);
      scratch.fromBits(scratch.exponent, scratch.scale, count);
      scratch.fromBits(scratch.otherExponent, scratch.otherScale, count);
      finishExp(scratch.fraction, scratch.scale, scratch.otherScale, x, at, count);
    }
  }

  /** x[i] = tanh(x[i]) for i in [from, to); as E / (E + 2) with E = e^{2x} − 1. */
  static void tanh(float[] x, int from, int to, Scratch scratch) {
    for (int at = from; at < to; at += Scratch.BLOCK) {
      int count = Math.min(Scratch.BLOCK, to - at);
      doubleAndReduce(x, at, scratch.fraction, scratch.scale, count);
      scratch.toBits(scratch.scale, scratch.exponent, count);
      whole(scratch.exponent, count);
      scratch.fromBits(scratch.exponent, scratch.scale, count);
      finishTanh(scratch.fraction, scratch.scale, x, at, count);
    }
  }

  private static void shiftAndReduce(
      float[] x, int at, float shift, float[] fraction, float[] rounded, int count) {
    for (int i = 0; i < count; i++) {
      float v = Math.min(Math.max(x[at + i] - shift, EXP_MIN), EXP_MAX);
      float t = v * LOG2_E + ROUND;
      float k = t - ROUND;
      float r = (v - k * LN2_HIGH) - k * LN2_LOW;
      fraction[i] = expMinusOne(r);
      rounded[i] = t;
    }
  }

  private static void doubleAndReduce(
      float[] x, int at, float[] fraction, float[] rounded, int count) {
    for (int i = 0; i < count; i++) {
      float v = 2 * Math.min(Math.max(x[at + i], -TANH_MAX), TANH_MAX);
      float t = v * LOG2_E + ROUND;
      float k = t - ROUND;
      float r = (v - k * LN2_HIGH) - k * LN2_LOW;
      fraction[i] = expMinusOne(r);
      rounded[i] = t;
    }
  }

  private static float expMinusOne(float r) {
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * (r * r) + r;
  }

  /** 2^k as two factors: one alone would overflow or be denormal at the ends of the range. */
  private static void halves(int[] bits, int[] other, int count) {
    for (int i = 0; i < count; i++) {
      int k = bits[i] - ROUND_BITS;
      int half = k >> 1;
      bits[i] = (half + 127) << 23;
      other[i] = (k - half + 127) << 23;
    }
  }

  private static void whole(int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      bits[i] = (bits[i] - ROUND_BITS + 127) << 23;
    }
  }

  private static void finishExp(
      float[] fraction, float[] scale, float[] otherScale, float[] x, int at, int count) {
    for (int i = 0; i < count; i++) {
      x[at + i] = (fraction[i] * scale[i] + scale[i]) * otherScale[i];
    }
  }

  private static void finishTanh(float[] fraction, float[] scale, float[] x, int at, int count) {
    for (int i = 0; i < count; i++) {
      float e = fraction[i] * scale[i] + (scale[i] - 1);
      x[at + i] = e / (e + 2);
    }
  }

  /** The largest of x[from, to); NaN if one is NaN, −∞ if there is none. */
  static float max(float[] x, int from, int to) {
    float m0 = Float.NEGATIVE_INFINITY;
    float m1 = m0;
    float m2 = m0;
    float m3 = m0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      m0 = Math.max(m0, x[i]);
      m1 = Math.max(m1, x[i + 1]);
      m2 = Math.max(m2, x[i + 2]);
      m3 = Math.max(m3, x[i + 3]);
    }
    for (; i < to; i++) {
      m0 = Math.max(m0, x[i]);
    }
    return Math.max(Math.max(m0, m1), Math.max(m2, m3));
  }

  /** The sum of x[from, to), in double precision and in a fixed order. */
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

  /** The sum of the squares of x[from, to), in double precision and in a fixed order. */
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

  /** x[i] = x[i]·factor for i in [from, to). */
  static void scale(float[] x, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      x[i] *= factor;
    }
  }

  /** sum[i] += x[i] for the first {@code count} elements. */
  static void add(float[] sum, float[] x, int at, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += x[at + i];
    }
  }
}
