package dev.surprisal.oracle;

import java.util.Random;

/** Seeded test data. Real values are floats, so that a kernel and its oracle see the same. */
public final class Samples {
  private Samples() {}

  /**
   * Normally distributed values.
   *
   * @param seed same seed, same values
   * @param size how many
   * @param deviation standard deviation
   * @return floats, as doubles
   */
  public static double[] normal(long seed, int size, double deviation) {
    Random random = new Random(seed);
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /**
   * Rows of probabilities: softmax of standard normal values.
   *
   * @param seed same seed, same values
   * @param rows how many rows
   * @param classes values in each
   * @return floats, as doubles; a row adds up to 1 but for rounding
   */
  public static double[] probabilities(long seed, int rows, int classes) {
    double[] values = normal(seed, rows * classes, 1);
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int k = row * classes; k < (row + 1) * classes; k++) {
        sum += Math.exp(values[k]);
      }
      for (int k = row * classes; k < (row + 1) * classes; k++) {
        values[k] = (float) (Math.exp(values[k]) / sum);
      }
    }
    return values;
  }

  /**
   * Uniform integers.
   *
   * @param seed same seed, same values
   * @param size how many
   * @param bound all are below it and not below 0
   * @return the integers
   */
  public static int[] integers(long seed, int size, int bound) {
    return new Random(seed).ints(size, 0, bound).toArray();
  }

  /**
   * Rows of different integers.
   *
   * @param seed same seed, same values
   * @param rows how many rows
   * @param size integers in each
   * @param bound all are below it and not below 0; at least the size
   * @return the integers, [rows, size]
   */
  public static int[] distinct(long seed, int rows, int size, int bound) {
    Random random = new Random(seed);
    int[] integers = new int[rows * size];
    for (int row = 0; row < rows; row++) {
      int[] some = random.ints(0, bound).distinct().limit(size).toArray();
      System.arraycopy(some, 0, integers, row * size, size);
    }
    return integers;
  }

  /**
   * Narrows values.
   *
   * @param values any
   * @return the nearest floats
   */
  public static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * Widens values.
   *
   * @param values any
   * @return the same
   */
  public static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
