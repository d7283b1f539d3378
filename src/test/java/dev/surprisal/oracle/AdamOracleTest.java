package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdamOracleTest {
  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.AdamCase#all")
  void parameters_and_moments_are_those_of_pytorch_after_each_step(AdamCase c) {
    int size = c.start().length;
    double[] p = c.start().clone();
    double[] m = new double[size];
    double[] v = new double[size];
    // Both computed in double; the file holds its results as floats.
    Tolerance tolerance = new Tolerance(1e-7, 1e-12);
    for (int step = 1; step <= c.gradients().length / size; step++) {
      int from = (step - 1) * size;
      double[] gradient = Arrays.copyOfRange(c.gradients(), from, from + size);
      AdamOracle.step(p, gradient, m, v, step, c.options());
      tolerance
          .around(c.parameterScale())
          .assertClose("parameters", Arrays.copyOfRange(c.parameters(), from, from + size), p);
      tolerance
          .around(c.gradientScale())
          .assertClose("moments", Arrays.copyOfRange(c.firstMoments(), from, from + size), m);
      tolerance
          .around(c.gradientScale() * c.gradientScale())
          .assertClose("squares", Arrays.copyOfRange(c.secondMoments(), from, from + size), v);
    }
  }

  @Test
  void the_first_step_moves_by_the_learning_rate_against_the_sign_of_the_gradient() {
    double[] p = {1, 1, 1};
    AdamOracle.step(
        p, new double[] {5, -1e-3, 0}, new double[3], new double[3], 1, AdamOracle.Options.of(0.1));
    new Tolerance(0, 1e-5).assertClose("parameters", new double[] {0.9, 1.1, 1}, p);
  }

  @Test
  void the_golden_file_has_all_settings() {
    assertEquals(8, AdamCase.all().size());
  }
}
