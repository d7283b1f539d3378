package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class CentralDifferencesTest {
  @Test
  void a_wrong_gradient_is_found() {
    double[] x = {1, -2};
    double[] gradient = {Math.cos(1) * Math.exp(-2), Math.sin(1) * Math.exp(-2)};
    CentralDifferences.check("f", v -> Math.sin(v[0]) * Math.exp(v[1]), x, gradient);
    gradient[1] += 1e-6;
    assertThrows(
        AssertionFailedError.class,
        () -> CentralDifferences.check("f", v -> Math.sin(v[0]) * Math.exp(v[1]), x, gradient));
  }

  @Test
  void the_point_is_left_as_it_was() {
    double[] x = {0.1, 0.3};
    CentralDifferences.gradient(v -> v[0] * v[1], x);
    assertArrayEquals(new double[] {0.1, 0.3}, x);
  }
}
