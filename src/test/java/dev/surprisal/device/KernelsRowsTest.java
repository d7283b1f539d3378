package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.Bfloat16;
import dev.surprisal.oracle.EmbeddingOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class KernelsRowsTest {
  private static final int[] SIZES = {1, 31, 33, 127};
  private static final int[] COUNTS = {0, 1, 2, 5, 700};

  @OnEveryDevice
  void a_token_is_turned_into_its_row(Bench bench) {
    for (int vocabulary : SIZES) {
      for (int width : SIZES) {
        for (int count : COUNTS) {
          double[] weight = Samples.normal(1, vocabulary * width, 1);
          int[] tokens = Samples.integers(2, count, vocabulary);
          Tensor output = bench.output(count, width);
          bench
              .kernels()
              .gatherRows(bench.floats(weight, vocabulary, width), bench.ints(tokens), output);
          assertArrayEquals(
              EmbeddingOracle.forward(weight, tokens, width), Samples.doubles(output.toFloats()));
        }
      }
    }
  }

  @OnEveryDevice
  void a_row_of_bfloat16_stays_as_it_is(Bench bench) {
    for (int width : SIZES) {
      for (int count : COUNTS) {
        double[] weight = Bfloat16.rounded(Samples.normal(1, 31 * width, 1));
        int[] tokens = Samples.integers(2, count, 31);
        Tensor output = bench.halfOutput(count, width);
        bench.kernels().gatherRows(bench.halves(weight, 31, width), bench.ints(tokens), output);
        Tensor expected =
            bench.halves(EmbeddingOracle.forward(weight, tokens, width), count, width);
        assertArrayEquals(Bench.bits(expected), Bench.bits(output));
      }
    }
  }

  @OnEveryDevice
  void the_gradient_of_a_row_is_the_sum_over_its_places(Bench bench) {
    for (int vocabulary : SIZES) {
      for (int width : SIZES) {
        for (int count : COUNTS) {
          int[] tokens = Samples.integers(1, count, vocabulary);
          checkBackward(bench, tokens, vocabulary, width, -1, false);
          checkBackward(bench, tokens, vocabulary, width, vocabulary - 1, true);
          checkBackward(bench, tokens, vocabulary, width, 0, false);
        }
      }
    }
  }

  @OnEveryDevice
  void one_token_may_fill_the_batch(Bench bench) {
    int[] tokens = new int[20 * 35];
    Arrays.fill(tokens, 6);
    checkBackward(bench, tokens, 7, 127, -1, false);
    checkBackward(bench, tokens, 7, 127, 6, false);
  }

  private static void checkBackward(
      Bench bench, int[] tokens, int vocabulary, int width, int padding, boolean accumulate) {
    double[] gradOutput = Samples.normal(1, tokens.length * width, 1);
    double[] expected = EmbeddingOracle.backward(gradOutput, tokens, vocabulary, width, padding);
    Tensor gradWeight = bench.output(vocabulary, width);
    if (accumulate) {
      float[] start = Samples.floats(Samples.normal(2, vocabulary * width, 1));
      gradWeight.write(start);
      Arrays.setAll(expected, i -> expected[i] + start[i]);
    }
    bench
        .kernels()
        .addRows(
            bench.ints(tokens),
            bench.floats(gradOutput, tokens.length, width),
            padding,
            accumulate,
            gradWeight);
    Tolerance.FLOAT32
        .scaled(tokens.length)
        .assertClose("V=" + vocabulary + " E=" + width, expected, gradWeight.toFloats());
  }

  @OnEveryDevice
  void tokens_and_rows_may_have_more_dimensions(Bench bench) {
    double[] weight = Samples.normal(1, 5 * 3, 1);
    int[] tokens = {4, 0, 1, 1, 2, 3};
    Tensor output = bench.output(2, 3, 3);
    bench.kernels().gatherRows(bench.floats(weight, 5, 3), bench.ints(tokens, 2, 3), output);
    assertArrayEquals(
        EmbeddingOracle.forward(weight, tokens, 3), Samples.doubles(output.toFloats()));
  }

  @OnEveryDevice
  void a_token_outside_the_vocabulary_is_refused_before_anything_is_written(Bench bench) {
    for (int outside : new int[] {-1, 31, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      int[] tokens = Samples.integers(1, 700, 31);
      tokens[699] = outside;
      Tensor placed = bench.ints(tokens);
      Tensor weight = bench.floats(Samples.normal(1, 31 * 3, 1), 31, 3);
      Tensor rows = bench.floats(Samples.normal(2, 700 * 3, 1), 700, 3);
      int[] weightBefore = Bench.bits(weight);
      int[] rowsBefore = Bench.bits(rows);
      Kernels kernels = bench.kernels();
      assertSays(bench, outside, () -> kernels.gatherRows(weight, placed, rows));
      assertSays(bench, outside, () -> kernels.addRows(placed, rows, -1, false, weight));
      assertSays(bench, outside, () -> kernels.addRows(placed, rows, outside, false, weight));
      assertArrayEquals(weightBefore, Bench.bits(weight));
      assertArrayEquals(rowsBefore, Bench.bits(rows));
    }
  }

  private static void assertSays(Bench bench, int outside, Runnable call) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  call.run();
                  bench.device().synchronize();
                })
            .getMessage();
    assertTrue(
        message.endsWith("expected a token in [0, 31) at position 699, found " + outside), message);
  }
}
