package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.oracle.LinearOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import org.junit.jupiter.api.AfterEach;

class MatmulPrecisionTest {
  /** Both operands are off by 2^-11 of themselves; with any signs, the errors add up as a walk. */
  private static final Tolerance TF32 = new Tolerance(0x1p-10, 0x1p-10);

  private static final int IN = 127;
  private static final int OUT = 65;
  private static final int ROWS = 33;

  private Device used;

  @AfterEach
  void restore() {
    used.matmulPrecision(MatmulPrecision.HIGHEST);
  }

  @OnEveryDevice
  void high_is_as_exact_as_tf32(Bench bench) {
    used = bench.device();
    double[] input = Samples.normal(1, ROWS * IN, 1);
    double[] weight = Samples.normal(2, OUT * IN, 1);
    double[] bias = Samples.normal(3, OUT, 1);
    used.matmulPrecision(MatmulPrecision.HIGH);
    TF32.around(3 * Math.sqrt(IN))
        .assertClose(
            "output",
            LinearOracle.forward(input, weight, bias, IN, OUT),
            linear(bench, input, weight, bias));
    double[] gradOutput = Samples.normal(4, ROWS * OUT, 1);
    LinearOracle.Gradients expected = LinearOracle.backward(input, weight, gradOutput, IN, OUT);
    Tensor gradWeight = bench.output(OUT, IN);
    Tensor gradBias = bench.output(OUT);
    Tensor gradInput = bench.output(ROWS, IN);
    bench
        .kernels()
        .linearBackward(
            bench.floats(weight, OUT, IN),
            bench.floats(input, ROWS, IN),
            bench.floats(gradOutput, ROWS, OUT),
            false,
            gradWeight,
            gradBias,
            gradInput);
    TF32.around(3 * Math.sqrt(ROWS))
        .assertClose("weight", expected.weight(), gradWeight.toFloats());
    TF32.around(3 * Math.sqrt(OUT)).assertClose("input", expected.x(), gradInput.toFloats());
    Tolerance.FLOAT32
        .around(Math.sqrt(ROWS))
        .assertClose("bias", expected.bias(), gradBias.toFloats());
  }

  @OnEveryDevice
  void highest_is_what_a_device_starts_with_and_goes_back_to(Bench bench) {
    used = bench.device();
    double[] input = Samples.normal(1, ROWS * IN, 1);
    double[] weight = Samples.normal(2, OUT * IN, 1);
    double[] bias = Samples.normal(3, OUT, 1);
    float[] before = linear(bench, input, weight, bias);
    used.matmulPrecision(MatmulPrecision.HIGH);
    linear(bench, input, weight, bias);
    used.matmulPrecision(MatmulPrecision.HIGHEST);
    assertArrayEquals(before, linear(bench, input, weight, bias));
    Tolerance.FLOAT32
        .scaled(IN)
        .around(Math.sqrt(IN))
        .assertClose("output", LinearOracle.forward(input, weight, bias, IN, OUT), before);
  }

  @OnEveryDevice
  void no_precision_at_all_is_refused(Bench bench) {
    used = bench.device();
    assertThrows(NullPointerException.class, () -> used.matmulPrecision(null));
  }

  private static float[] linear(Bench bench, double[] input, double[] weight, double[] bias) {
    Tensor output = bench.output(ROWS, OUT);
    bench
        .kernels()
        .linear(
            bench.floats(weight, OUT, IN),
            bench.floats(bias),
            bench.floats(input, ROWS, IN),
            output);
    return output.toFloats();
  }
}
