package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class KernelsRandomTest {
  private static final int MANY = 1_000_000;

  /** Salmon et al.'s known answer for counter and key 0. */
  private static final int[] WORDS = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};

  @OnEveryDevice
  void uniform_numbers_are_the_upper_24_bits_of_philox(Bench bench) {
    float[] found = uniform(bench, 0, 1, 0, 0, 4);
    for (int i = 0; i < 4; i++) {
      assertEquals((WORDS[i] >>> 8) * 0x1p-24f, found[i]);
    }
  }

  @OnEveryDevice
  void normal_numbers_are_those_of_box_and_muller_over_philox(Bench bench) {
    double[] expected = new double[4];
    for (int i = 0; i < 4; i += 2) {
      double radius = Math.sqrt(-2 * Math.log((Integer.toUnsignedLong(WORDS[i]) + 1) * 0x1p-32));
      double angle = 2 * Math.PI * ((Integer.toUnsignedLong(WORDS[i + 1]) + 1) * 0x1p-32);
      expected[i] = radius * Math.cos(angle);
      expected[i + 1] = radius * Math.sin(angle);
    }
    Tolerance.FLOAT32.assertClose("normal", expected, normal(bench, 0, 1, 0, 0, 4));
  }

  @OnEveryDevice
  void a_number_depends_on_seed_stream_and_place_alone(Bench bench) {
    float[] whole = uniform(bench, -1, 1, 5, 6, 20_000);
    float[] wholeNormal = normal(bench, 0, 1, 5, 6, 20_000);
    for (int size : new int[] {0, 1, 2, 3, 5, 4095, 4097}) {
      assertArrayEquals(Arrays.copyOf(whole, size), uniform(bench, -1, 1, 5, 6, size));
      assertArrayEquals(Arrays.copyOf(wholeNormal, size), normal(bench, 0, 1, 5, 6, size));
    }
  }

  @OnEveryDevice
  void another_seed_or_stream_gives_other_numbers(Bench bench) {
    float[] numbers = uniform(bench, 0, 1, 1, 0, 1000);
    long[][] others = {{0, 0}, {1, 1}, {0, 1}, {1L << 32, 0}, {1, 1L << 32}, {-1, 0}, {1, -1}};
    for (long[] other : others) {
      float[] found = uniform(bench, 0, 1, other[0], other[1], 1000);
      int same = 0;
      for (int i = 0; i < found.length; i++) {
        same += found[i] == numbers[i] ? 1 : 0;
      }
      assertTrue(same < 3, Arrays.toString(other) + " has " + same + " numbers of 1000 in common");
    }
  }

  @OnEveryDevice
  void uniform_numbers_fill_their_range_evenly(Bench bench) {
    float low = -0.25f;
    float high = 0.75f;
    int[] bins = new int[64];
    for (float value : uniform(bench, low, high, 1, 2, MANY)) {
      assertTrue(value >= low && value < high, () -> "found " + value);
      bins[(int) ((value - low) * bins.length)]++;
    }
    double[] even = new double[bins.length];
    Arrays.fill(even, (double) MANY / bins.length);
    ChiSquare.assertPlausible("uniform", even, bins);
  }

  @OnEveryDevice
  void uniform_numbers_do_not_reach_the_bound_above(Bench bench) {
    // Between 2^24 and 2^24 + 4 there are two floats: rounding must not make it three.
    for (float value : uniform(bench, 0x1p24f, 0x1p24f + 4, 1, 2, 10_000)) {
      assertTrue(value == 0x1p24f || value == 0x1p24f + 2, () -> "found " + value);
    }
  }

  @OnEveryDevice
  void normal_numbers_have_the_moments_of_the_normal_distribution(Bench bench) {
    double[] sums = new double[5];
    int beyond = 0;
    for (float value : normal(bench, 3, 0.5f, 1, 2, MANY)) {
      double z = (value - 3.0) / 0.5;
      for (int power = 1; power <= 4; power++) {
        sums[power] += Math.pow(z, power);
      }
      beyond += Math.abs(z) > 1.959964 ? 1 : 0;
      assertTrue(Math.abs(z) < 6.7, () -> "found " + z);
    }
    // Five standard errors of each: the variances of the powers are 1, 2, 15 and 96.
    assertEquals(0, sums[1] / MANY, 5 * Math.sqrt(1.0 / MANY));
    assertEquals(1, sums[2] / MANY, 5 * Math.sqrt(2.0 / MANY));
    assertEquals(0, sums[3] / MANY, 5 * Math.sqrt(15.0 / MANY));
    assertEquals(3, sums[4] / MANY, 5 * Math.sqrt(96.0 / MANY));
    assertEquals(0.05, beyond / (double) MANY, 5 * Math.sqrt(0.05 * 0.95 / MANY));
  }

  @OnEveryDevice
  void neighbours_are_not_correlated(Bench bench) {
    float[] z = normal(bench, 0, 1, 3, 4, MANY);
    for (int lag : new int[] {1, 2, 3, 4, 4096}) {
      double sum = 0;
      for (int i = lag; i < MANY; i++) {
        sum += (double) z[i] * z[i - lag];
      }
      assertEquals(0, sum / MANY, 5 / Math.sqrt(MANY), "at a distance of " + lag);
    }
  }

  @OnEveryDevice
  void a_range_that_holds_no_number_is_refused(Bench bench) {
    Tensor output = bench.output(3);
    Kernels kernels = bench.kernels();
    float[][] ranges = {
      {1, 1}, {2, 1}, {0, Float.NaN}, {0, Float.POSITIVE_INFINITY}, {-3e38f, 3e38f}
    };
    for (float[] range : ranges) {
      assertThrows(
          IllegalArgumentException.class,
          () -> kernels.uniform(range[0], range[1], 1, 2, output),
          Arrays.toString(range));
    }
    float[][] moments = {{0, -1}, {Float.NaN, 1}, {0, Float.NaN}, {0, Float.POSITIVE_INFINITY}};
    for (float[] moment : moments) {
      assertThrows(
          IllegalArgumentException.class,
          () -> kernels.normal(moment[0], moment[1], 1, 2, output),
          Arrays.toString(moment));
    }
    assertTrue(Float.isNaN(output.toFloats()[0]));
  }

  @OnEveryDevice
  void a_deviation_of_0_gives_the_mean(Bench bench) {
    assertArrayEquals(new float[] {2, 2, 2}, normal(bench, 2, 0, 1, 2, 3));
    assertFalse(Arrays.equals(new float[] {2, 2, 2}, normal(bench, 2, 1, 1, 2, 3)));
  }

  private static float[] uniform(
      Bench bench, float low, float high, long seed, long stream, int size) {
    Tensor output = bench.output(size);
    bench.kernels().uniform(low, high, seed, stream, output);
    return output.toFloats();
  }

  private static float[] normal(
      Bench bench, float mean, float deviation, long seed, long stream, int size) {
    Tensor output = bench.output(size);
    bench.kernels().normal(mean, deviation, seed, stream, output);
    return output.toFloats();
  }
}
