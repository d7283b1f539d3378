package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.Samples;
import java.util.Arrays;

class KernelsDropoutTest {
  private static final int MANY = 100_003;

  @OnEveryDevice
  void what_the_uniform_number_reaches_the_probability_for_is_kept_and_scaled(Bench bench) {
    float scale = (float) (1 / (1 - (double) 0.3f));
    for (int count : new int[] {0, 1, 3, 4, 5, 4097}) {
      float[] input = Samples.floats(Samples.normal(1, count, 1));
      Tensor numbers = bench.output(count);
      bench.kernels().uniform(0, 1, 5, 6, numbers);
      float[] expected = numbers.toFloats();
      for (int i = 0; i < count; i++) {
        expected[i] = expected[i] >= 0.3f ? input[i] * scale : 0;
      }
      assertArrayEquals(expected, dropout(bench, input, 0.3f, 5, 6));
    }
  }

  @OnEveryDevice
  void the_share_that_is_kept_is_as_probable_as_said(Bench bench) {
    float[] ones = new float[MANY];
    Arrays.fill(ones, 1);
    for (float probability : new float[] {0.1f, 0.5f, 0.9f}) {
      double kept = 0;
      double sum = 0;
      for (float value : dropout(bench, ones, probability, 1, 2)) {
        kept += value == 0 ? 0 : 1;
        sum += value;
      }
      double deviation = Math.sqrt(probability * (1 - probability) / MANY);
      assertEquals(1 - probability, kept / MANY, 5 * deviation);
      assertEquals(1, sum / MANY, 5 * deviation / (1 - probability));
    }
  }

  @OnEveryDevice
  void the_mask_depends_on_seed_and_sequence_alone(Bench bench) {
    float[] ones = new float[1000];
    Arrays.fill(ones, 1);
    float[] first = dropout(bench, ones, 0.5f, 1, 2);
    assertArrayEquals(first, dropout(bench, ones, 0.5f, 1, 2));
    assertFalse(Arrays.equals(first, dropout(bench, ones, 0.5f, 2, 2)), "seed");
    assertFalse(Arrays.equals(first, dropout(bench, ones, 0.5f, 1, 3)), "sequence");
    assertFalse(Arrays.equals(first, dropout(bench, ones, 0.5f, 1, 2 + (1L << 32))), "sequence");
  }

  @OnEveryDevice
  void the_gradient_goes_through_the_same_mask(Bench bench) {
    float[] input = new float[1000];
    Arrays.fill(input, 2);
    float[] gradient = new float[1000];
    Arrays.fill(gradient, -3);
    float scale = (float) (1 / 0.75);
    float[] output = dropout(bench, input, 0.25f, 1, 2);
    float[] back = dropout(bench, gradient, 0.25f, 1, 2);
    for (int i = 0; i < output.length; i++) {
      assertEquals(output[i] == 0 ? 0 : 2 * scale, output[i]);
      assertEquals(output[i] == 0 ? 0 : -3 * scale, back[i]);
    }
  }

  @OnEveryDevice
  void it_may_be_in_place(Bench bench) {
    double[] values = Samples.normal(1, 5000, 1);
    float[] expected = dropout(bench, Samples.floats(values), 0.4f, 3, 4);
    Tensor both = bench.floats(values);
    bench.kernels().dropout(both, 0.4f, 3, bench.scalar(4), both);
    assertArrayEquals(expected, both.toFloats());
  }

  @OnEveryDevice
  void a_probability_of_0_keeps_everything(Bench bench) {
    float[] values = Samples.floats(Samples.normal(1, 1001, 1));
    assertArrayEquals(values, dropout(bench, values, 0, 1, 2));
  }

  @OnEveryDevice
  void a_probability_of_1_keeps_nothing(Bench bench) {
    float[] values = Samples.floats(Samples.normal(1, 1001, 1));
    for (float value : dropout(bench, values, 1, 1, 2)) {
      assertEquals(0, value);
    }
  }

  @OnEveryDevice
  void the_sequence_is_read_when_the_operation_runs(Bench bench) {
    float[] ones = new float[1000];
    Arrays.fill(ones, 1);
    Tensor sequence = bench.scalar(7);
    Tensor input = bench.floats(Samples.doubles(ones));
    Tensor output = bench.output(1000);
    bench.kernels().dropout(input, 0.5f, 1, sequence, output);
    sequence.copyFrom(bench.scalar(8));
    assertArrayEquals(dropout(bench, ones, 0.5f, 1, 7), output.toFloats());
    bench.kernels().dropout(input, 0.5f, 1, sequence, output);
    assertArrayEquals(dropout(bench, ones, 0.5f, 1, 8), output.toFloats());
  }

  @OnEveryDevice
  void what_is_no_probability_is_refused(Bench bench) {
    Tensor input = bench.floats(new double[3]);
    Tensor sequence = bench.scalar(1);
    Tensor output = bench.output(3);
    for (float probability : new float[] {-0.1f, 1.001f, Float.NEGATIVE_INFINITY, Float.NaN}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> bench.kernels().dropout(input, probability, 1, sequence, output))
              .getMessage();
      assertEquals("dropout: expected a probability in [0, 1], found " + probability, message);
    }
    assertTrue(Float.isNaN(output.toFloats()[0]));
  }

  private static float[] dropout(
      Bench bench, float[] values, float probability, long seed, long sequence) {
    Tensor output = bench.output(values.length);
    bench
        .kernels()
        .dropout(
            bench.floats(Samples.doubles(values)),
            probability,
            seed,
            bench.scalar(sequence),
            output);
    return output.toFloats();
  }
}
