package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.oracle.LinearOracle;
import dev.surprisal.oracle.LinearOracle.Gradients;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class KernelsLinearTest {
  private static final int[] SIZES = {1, 31, 33, 127};
  private static final int[] ROWS = {0, 1, 2, 5, 140};

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
          checkBackward(bench, rows, in, out, false, true);
        }
      }
      checkBackward(bench, rows, 33, 31, true, true);
      checkBackward(bench, rows, 33, 31, false, false);
      checkBackward(bench, rows, 33, 31, true, false);
    }
  }

  @OnEveryDevice
  void a_product_may_take_many_tiles(Bench bench) {
    int[][] sizes = {{700, 301, 403}, {301, 403, 700}, {403, 700, 301}};
    for (int[] size : sizes) {
      checkForward(bench, size[0], size[1], size[2]);
      checkBackward(bench, size[0], size[1], size[2], true, true);
    }
  }

  private static void checkForward(Bench bench, int rows, int in, int out) {
    double[] input = Samples.normal(1, rows * in, 1);
    double[] weight = Samples.normal(2, out * in, 1);
    double[] bias = Samples.normal(3, out, 1);
    Tensor output = bench.output(rows, out);
    bench
        .kernels()
        .linear(
            bench.floats(weight, out, in),
            bench.floats(bias),
            bench.floats(input, rows, in),
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
      Bench bench, int rows, int in, int out, boolean accumulate, boolean withInput) {
    double[] input = Samples.normal(1, rows * in, 1);
    double[] weight = Samples.normal(2, out * in, 1);
    double[] gradOutput = Samples.normal(3, rows * out, 1);
    Gradients expected = LinearOracle.backward(input, weight, gradOutput, in, out);
    Tensor gradWeight = bench.output(out, in);
    Tensor gradBias = bench.output(out);
    Tensor gradInput = withInput ? bench.output(rows, in) : null;
    Tensor upstream = bench.floats(gradOutput, rows, out);
    if (accumulate) {
      start(gradWeight, expected.weight());
      start(gradBias, expected.bias());
    }
    bench
        .kernels()
        .linearBackward(
            bench.floats(weight, out, in),
            bench.floats(input, rows, in),
            upstream,
            accumulate,
            gradWeight,
            gradBias,
            gradInput);
    String size = " of " + rows + ", " + in + " to " + out;
    Tolerance sums = Tolerance.FLOAT32.scaled(rows).around(Math.sqrt(rows));
    sums.assertClose("weight" + size, expected.weight(), gradWeight.toFloats());
    sums.assertClose("bias" + size, expected.bias(), gradBias.toFloats());
    if (withInput) {
      Tolerance.FLOAT32
          .scaled(out)
          .around(Math.sqrt(out))
          .assertClose("input" + size, expected.x(), gradInput.toFloats());
    }
    assertArrayEquals(Samples.floats(gradOutput), upstream.toFloats());
  }

  /** Lets a gradient start at a value, which the expected one then holds too. */
  private static void start(Tensor gradient, double[] expected) {
    double[] start = Samples.normal(4, expected.length, 1);
    gradient.write(Samples.floats(start));
    Arrays.setAll(expected, i -> expected[i] + start[i]);
  }

  @OnEveryDevice
  void input_and_output_may_have_more_dimensions(Bench bench) {
    double[] input = Samples.normal(1, 2 * 3 * 5, 1);
    double[] weight = Samples.normal(2, 7 * 5, 1);
    double[] bias = Samples.normal(3, 7, 1);
    Tensor output = bench.output(2, 3, 7);
    bench
        .kernels()
        .linear(
            bench.floats(weight, 7, 5), bench.floats(bias), bench.floats(input, 2, 3, 5), output);
    Tolerance.FLOAT32.assertClose(
        "output", LinearOracle.forward(input, weight, bias, 5, 7), output.toFloats());
  }

  @OnEveryDevice
  void a_layer_without_bias_is_one_with_zeros(Bench bench) {
    Tensor weight = bench.floats(Samples.normal(1, 33 * 31, 1), 33, 31);
    Tensor input = bench.floats(Samples.normal(2, 140 * 31, 1), 140, 31);
    Tensor gradOutput = bench.floats(Samples.normal(3, 140 * 33, 1), 140, 33);
    Tensor[] found = {bench.output(140, 33), bench.output(33, 31), bench.output(140, 31)};
    Tensor[] expected = {bench.output(140, 33), bench.output(33, 31), bench.output(140, 31)};
    Kernels kernels = bench.kernels();
    kernels.linear(weight, null, input, found[0]);
    kernels.linearBackward(weight, input, gradOutput, false, found[1], null, found[2]);
    kernels.linear(weight, bench.floats(new double[33]), input, expected[0]);
    kernels.linearBackward(
        weight, input, gradOutput, false, expected[1], bench.output(33), expected[2]);
    for (int i = 0; i < found.length; i++) {
      assertArrayEquals(expected[i].toFloats(), found[i].toFloats());
    }
  }

  @OnEveryDevice
  void gradients_that_fit_one_another_but_not_the_layer_are_refused(Bench bench) {
    Tensor weight = bench.output(7, 5);
    Tensor gradBias = bench.output(7);
    Tensor input = bench.output(3, 5);
    Tensor gradOutput = bench.output(3, 7);
    for (int other : new int[] {4, 6}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              bench
                  .kernels()
                  .linearBackward(
                      weight,
                      input,
                      gradOutput,
                      false,
                      bench.output(7, other),
                      gradBias,
                      bench.output(3, other)));
    }
  }

  @OnEveryDevice
  void a_layer_without_inputs_is_refused(Bench bench) {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            bench
                .kernels()
                .linear(bench.output(7, 0), bench.output(7), bench.output(0), bench.output(0)));
  }
}
