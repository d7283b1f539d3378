package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.AdamCase;
import dev.surprisal.oracle.AdamOracle;
import dev.surprisal.oracle.ClippingOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.List;

class KernelsAdamTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  @OnEveryDevice
  void parameters_and_moments_are_those_of_pytorch_after_each_step(Bench bench) {
    for (AdamCase c : AdamCase.all()) {
      int size = c.start().length;
      AdamTensors tensors = tensors(bench, c.start(), c.options().lr(), null);
      AdamOptions options = options(c.options(), INFINITE);
      for (int step = 0; step < c.gradients().length / size; step++) {
        int from = step * size;
        int to = from + size;
        tensors.gradients().write(Samples.floats(Arrays.copyOfRange(c.gradients(), from, to)));
        bench.kernels().adam(tensors, options);
        Tolerance.FLOAT32
            .around(c.parameterScale())
            .assertClose(
                "parameters, " + c,
                Arrays.copyOfRange(c.parameters(), from, to),
                tensors.parameters().toFloats());
        Tolerance.FLOAT32
            .around(c.gradientScale())
            .assertClose(
                "moments, " + c,
                Arrays.copyOfRange(c.firstMoments(), from, to),
                tensors.firstMoments().toFloats());
        Tolerance.FLOAT32
            .around(c.gradientScale() * c.gradientScale())
            .assertClose(
                "squares, " + c,
                Arrays.copyOfRange(c.secondMoments(), from, to),
                tensors.secondMoments().toFloats());
        assertEquals(step + 1, tensors.step().toInts()[0]);
      }
    }
  }

  @OnEveryDevice
  void gradients_are_clipped_on_the_fly_and_stay_as_they_are(Bench bench) {
    for (int size : new int[] {1, 1023, 1025, 40_001}) {
      for (double bound : new double[] {0.5, 1e6, 1e-3}) {
        double[] p = Samples.normal(1, size, 1);
        double[] g = Samples.normal(2, size, 1);
        double[] m = new double[size];
        double[] v = new double[size];
        AdamOracle.Options options = new AdamOracle.Options(0.01, 0.9, 0.999, 1e-8, 0.1);
        double norm = ClippingOracle.norm(List.of(g));
        AdamTensors tensors = tensors(bench, p, options.lr(), bench.floats(new double[] {norm}));
        tensors.gradients().write(Samples.floats(g));
        for (int step = 1; step <= 3; step++) {
          double[] clipped = g.clone();
          ClippingOracle.clip(List.of(clipped), bound);
          AdamOracle.step(p, clipped, m, v, step, options);
          bench.kernels().adam(tensors, options(options, bound));
        }
        String what = " of " + size + " clipped to " + bound;
        Tolerance.FLOAT32.assertClose("parameters" + what, p, tensors.parameters().toFloats());
        Tolerance.FLOAT32.assertClose("moments" + what, m, tensors.firstMoments().toFloats());
        Tolerance.FLOAT32.assertClose("squares" + what, v, tensors.secondMoments().toFloats());
        assertArrayEquals(Samples.floats(g), tensors.gradients().toFloats());
      }
    }
  }

  @OnEveryDevice
  void clipping_adds_a_millionth_to_the_norm_as_pytorch_does(Bench bench) {
    Tensor norm = bench.floats(new double[] {1e-6});
    AdamTensors tensors = tensors(bench, new double[1], 0.1, norm);
    tensors.gradients().write(1e-6f);
    bench.kernels().adam(tensors, new AdamOptions(0.9, 0.999, 1e-8, 0, 1e-6));
    new Tolerance(1e-6, 0)
        .assertClose("moment", new double[] {0.1 * 0.5e-6}, tensors.firstMoments().toFloats());
  }

  @OnEveryDevice
  void there_may_be_no_parameters(Bench bench) {
    AdamTensors tensors = tensors(bench, new double[0], 0.1, null);
    bench.kernels().adam(tensors, AdamOptions.DEFAULT);
    assertEquals(1, tensors.step().toInts()[0]);
  }

  @OnEveryDevice
  void a_parameter_without_gradient_stays_as_it_is(Bench bench) {
    double[] start = {0, -0.0, 3, (float) 1e-30};
    AdamTensors tensors = tensors(bench, start, 0.1, null);
    tensors.gradients().zero();
    bench.kernels().adam(tensors, AdamOptions.DEFAULT);
    assertArrayEquals(Samples.floats(start), tensors.parameters().toFloats());
  }

  @OnEveryDevice
  void step_and_learning_rate_are_read_on_the_device(Bench bench) {
    double[] p = {1, 2, 3};
    double[] g = {0.5, -0.5, 2};
    double[] m = {0.1, 0.2, 0.3};
    double[] v = {0.01, 0.02, 0.03};
    AdamTensors tensors = tensors(bench, p, 1, null);
    tensors.gradients().write(Samples.floats(g));
    tensors.firstMoments().write(Samples.floats(m));
    tensors.secondMoments().write(Samples.floats(v));
    tensors.step().write(99_999);
    tensors.learningRate().write(0.25f);
    bench.kernels().adam(tensors, AdamOptions.DEFAULT);
    AdamOracle.step(p, g, m, v, 100_000, AdamOracle.Options.of(0.25));
    Tolerance.FLOAT32.assertClose("parameters", p, tensors.parameters().toFloats());
    assertEquals(100_000, tensors.step().toInts()[0]);
  }

  @OnEveryDevice
  void a_gradient_that_is_no_number_shows_in_its_parameter_alone(Bench bench) {
    AdamTensors tensors = tensors(bench, new double[] {1, 1}, 0.1, null);
    tensors.gradients().write(Float.NaN, 0);
    bench.kernels().adam(tensors, AdamOptions.DEFAULT);
    assertTrue(Float.isNaN(tensors.parameters().toFloats()[0]));
    assertEquals(1, tensors.parameters().toFloats()[1]);
  }

  @OnEveryDevice
  void clipping_needs_a_norm(Bench bench) {
    AdamTensors tensors = tensors(bench, new double[3], 0.1, null);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> bench.kernels().adam(tensors, new AdamOptions(0.9, 0.999, 1e-8, 0, 1)))
            .getMessage();
    assertEquals("Adam: clipping needs a gradient norm, found none", message);
  }

  private static AdamTensors tensors(Bench bench, double[] start, double lr, Tensor norm) {
    int size = start.length;
    return new AdamTensors(
        bench.floats(start),
        bench.output(size),
        bench.floats(new double[size]),
        bench.floats(new double[size]),
        bench.ints(new int[1]),
        bench.floats(new double[] {lr}),
        norm);
  }

  private static AdamOptions options(AdamOracle.Options of, double maxNorm) {
    return new AdamOptions(of.beta1(), of.beta2(), of.eps(), of.weightDecay(), maxNorm);
  }
}
