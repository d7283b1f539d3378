package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.oracle.Bfloat16;
import dev.surprisal.oracle.LinearOracle;
import dev.surprisal.oracle.LinearOracle.Gradients;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

/** A linear layer of bfloat16 is as exact as one of the same numbers in float32. */
class KernelsLinearBfloat16Test {
  /** Gradients that meet bfloat16 on tensor cores are off by up to 2^-11 of themselves. */
  private static final Tolerance TF32 = new Tolerance(0x1p-10, 0x1p-10);

  private static final int[] SIZES = {1, 31, 33, 127};
  private static final int[] ROWS = {0, 1, 5, 140};

  @OnEveryDevice
  void the_output_is_input_times_weight_plus_bias(Bench bench) {
    for (int rows : ROWS) {
      for (int in : SIZES) {
        for (int out : SIZES) {
          checkForward(bench, rows, in, out);
        }
      }
    }
  }

  @OnEveryDevice
  void the_gradients_are_those_of_the_formula(Bench bench) {
    for (int rows : ROWS) {
      for (int in : SIZES) {
        for (int out : SIZES) {
          checkBackward(bench, rows, in, out, (in + out) % 4 == 0, Tolerance.FLOAT32);
        }
      }
    }
  }

  @OnEveryDevice
  void a_product_may_take_many_tiles_and_parts_of_its_terms(Bench bench) {
    int[][] sizes = {{700, 301, 403}, {301, 403, 700}, {403, 700, 301}};
    for (int[] size : sizes) {
      checkForward(bench, size[0], size[1], size[2]);
      checkBackward(bench, size[0], size[1], size[2], true, Tolerance.FLOAT32);
    }
  }

  @OnEveryDevice
  void at_high_precision_the_output_stays_exact_and_gradients_are_as_exact_as_tf32(Bench bench) {
    bench.device().matmulPrecision(MatmulPrecision.HIGH);
    try {
      for (int size : SIZES) {
        checkForward(bench, 33, size, 65);
        checkBackward(bench, 33, size, 65, true, TF32);
      }
      checkForward(bench, 700, 301, 403);
      checkBackward(bench, 700, 301, 403, false, TF32);
    } finally {
      bench.device().matmulPrecision(MatmulPrecision.HIGHEST);
    }
  }

  private static double[] halves(int seed, int size) {
    return Bfloat16.rounded(Samples.normal(seed, size, 1));
  }

  private static void checkForward(Bench bench, int rows, int in, int out) {
    double[] input = halves(1, rows * in);
    double[] weight = halves(2, out * in);
    double[] bias = Samples.normal(3, out, 1);
    Tensor output = bench.output(rows, out);
    bench
        .kernels()
        .linear(
            bench.halves(weight, out, in),
            bench.floats(bias),
            bench.halves(input, rows, in),
            output);
    Tolerance.FLOAT32
        .scaled(in)
        .around(Math.sqrt(in))
        .assertClose(
            "output " + rows + ", " + in + " to " + out,
            LinearOracle.forward(input, weight, bias, in, out),
            output.toFloats());
  }

  private static void checkBackward(
      Bench bench, int rows, int in, int out, boolean accumulate, Tolerance tolerance) {
    double[] input = halves(1, rows * in);
    double[] weight = halves(2, out * in);
    double[] gradOutput = Samples.normal(3, rows * out, 1);
    Gradients expected = LinearOracle.backward(input, weight, gradOutput, in, out);
    Tensor gradWeight = bench.output(out, in);
    Tensor gradBias = bench.output(out);
    Tensor gradInput = bench.output(rows, in);
    if (accumulate) {
      start(gradWeight, expected.weight());
      start(gradBias, expected.bias());
    }
    bench
        .kernels()
        .linearBackward(
            bench.halves(weight, out, in),
            bench.halves(input, rows, in),
            bench.floats(gradOutput, rows, out),
            accumulate,
            gradWeight,
            gradBias,
            gradInput);
    String size = " of " + rows + ", " + in + " to " + out;
    tolerance
        .scaled(rows)
        .around(3 * Math.sqrt(Math.max(1, rows)))
        .assertClose("weight" + size, expected.weight(), gradWeight.toFloats());
    Tolerance.FLOAT32
        .scaled(rows)
        .around(Math.sqrt(Math.max(1, rows)))
        .assertClose("bias" + size, expected.bias(), gradBias.toFloats());
    tolerance
        .scaled(out)
        .around(3 * Math.sqrt(out))
        .assertClose("input" + size, expected.x(), gradInput.toFloats());
  }

  private static void start(Tensor gradient, double[] expected) {
    double[] start = Samples.normal(4, expected.length, 1);
    gradient.write(Samples.floats(start));
    Arrays.setAll(expected, i -> expected[i] + start[i]);
  }

  /** All of one sign, so that a sum in bfloat16 would stand still after some hundred chunks. */
  @OnEveryDevice
  void the_weight_gradient_of_many_chunks_is_as_exact_as_of_one(Bench bench) {
    int rows = 4096;
    int in = 5;
    int out = 3;
    double[] input = halves(1, rows * in);
    Arrays.setAll(input, i -> Math.abs(input[i]));
    double[] weight = halves(2, out * in);
    double[] gradOutput = Samples.probabilities(3, rows, out);
    Gradients expected = LinearOracle.backward(input, weight, gradOutput, in, out);
    Tensor placedWeight = bench.halves(weight, out, in);
    Tensor placedInput = bench.halves(input, rows, in);
    Tensor arriving = bench.floats(gradOutput, rows, out);
    for (int chunk : new int[] {rows, 4}) {
      Tensor gradWeight = bench.output(out, in);
      Tensor gradBias = bench.output(out);
      for (int row = 0; row < rows; row += chunk) {
        bench
            .kernels()
            .linearBackward(
                placedWeight,
                placedInput.slice((long) row * in, chunk, in),
                arriving.slice((long) row * out, chunk, out),
                row > 0,
                gradWeight,
                gradBias,
                null);
      }
      String what = " in chunks of " + chunk;
      Tolerance tolerance = Tolerance.FLOAT32.scaled(rows);
      tolerance.assertClose("weight" + what, expected.weight(), gradWeight.toFloats());
      tolerance.assertClose("bias" + what, expected.bias(), gradBias.toFloats());
    }
  }

  @OnEveryDevice
  void weight_and_input_are_of_one_type_and_all_else_is_float32(Bench bench) {
    Kernels kernels = bench.kernels();
    Tensor bias = bench.output(7);
    Tensor output = bench.output(3, 7);
    assertEquals(
        "linear: expected input of BFLOAT16 on "
            + bench.device()
            + ", found FLOAT32 [3, 5] on "
            + bench.device(),
        refusal(() -> kernels.linear(bench.halfOutput(7, 5), bias, bench.output(3, 5), output)));
    assertEquals(
        "linear: expected weight of FLOAT32 or BFLOAT16 on "
            + bench.device()
            + ", found INT32 [7, 5] on "
            + bench.device(),
        refusal(() -> kernels.linear(bench.intOutput(7, 5), bias, bench.output(3, 5), output)));
    Tensor weight = bench.halfOutput(7, 5);
    Tensor input = bench.halfOutput(3, 5);
    Tensor gradWeight = bench.output(7, 5);
    refusal(() -> kernels.linear(bench.output(7, 5), bias, input, output));
    refusal(() -> kernels.linear(weight, bench.halfOutput(7), input, output));
    refusal(() -> kernels.linear(weight, bias, input, bench.halfOutput(3, 7)));
    refusal(() -> backward(kernels, weight, input, bench.halfOutput(3, 7), gradWeight, bias));
    refusal(() -> backward(kernels, weight, input, output, bench.halfOutput(7, 5), bias));
    refusal(() -> backward(kernels, weight, input, output, gradWeight, bench.halfOutput(7)));
    refusal(
        () ->
            kernels.linearBackward(
                weight, input, output, false, gradWeight, bias, bench.halfOutput(3, 5)));
    int[] untouched = Bench.bits(gradWeight);
    assertArrayEquals(Bench.bits(bench.output(7, 5)), untouched);
  }

  private static void backward(
      Kernels kernels,
      Tensor weight,
      Tensor input,
      Tensor gradOutput,
      Tensor gradWeight,
      Tensor gradBias) {
    kernels.linearBackward(weight, input, gradOutput, false, gradWeight, gradBias, null);
  }

  private static String refusal(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }
}
