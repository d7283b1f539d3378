package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.ClippingOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.List;

class KernelsGradientNormTest {
  @OnEveryDevice
  void the_norm_is_the_root_of_the_sum_of_squares(Bench bench) {
    for (int size : new int[] {0, 1, 3, 1023, 1025, 65_536, 65_537, 200_001}) {
      double[] gradients = Samples.normal(1, size, 3);
      Tolerance.FLOAT32.assertClose(
          "norm of " + size, ClippingOracle.norm(List.of(gradients)), norm(bench, gradients));
    }
  }

  @OnEveryDevice
  void squares_that_no_float_holds_are_summed_all_the_same(Bench bench) {
    double large = (float) 1e25;
    double small = (float) 1e-30;
    assertEquals((float) (5 * large), norm(bench, 3 * large, 4 * large), (float) (1e-6 * large));
    assertEquals((float) (5 * small), norm(bench, 3 * small, -4 * small), (float) (1e-6 * small));
  }

  @OnEveryDevice
  void a_gradient_that_is_no_number_shows_in_the_norm(Bench bench) {
    assertTrue(Float.isNaN(norm(bench, 1, Double.NaN, 2)));
    assertEquals(Float.POSITIVE_INFINITY, norm(bench, 1, Double.NEGATIVE_INFINITY, 2));
  }

  private static float norm(Bench bench, double... gradients) {
    Tensor norm = bench.output(1);
    bench.kernels().gradientNorm(bench.floats(gradients), norm);
    return norm.toFloats()[0];
  }
}
