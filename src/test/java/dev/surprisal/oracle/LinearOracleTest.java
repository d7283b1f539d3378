package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearOracleTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 33, 1", "3, 1, 31", "5, 33, 31"})
  void every_gradient_is_that_of_central_differences(int rows, int in, int out) {
    double[] x = Samples.normal(1, rows * in, 1);
    double[] weight = Samples.normal(2, out * in, 1);
    double[] bias = Samples.normal(3, out, 1);
    double[] upstream = Samples.normal(4, rows * out, 1);
    LinearOracle.Gradients d = LinearOracle.backward(x, weight, upstream, in, out);
    // One function of the arrays themselves, whichever of them is moved.
    double[][] arrays = {x, weight, bias};
    double[][] gradients = {d.x(), d.weight(), d.bias()};
    for (int i = 0; i < arrays.length; i++) {
      CentralDifferences.check(
          new String[] {"x", "weight", "bias"}[i],
          moved -> CentralDifferences.dot(upstream, LinearOracle.forward(x, weight, bias, in, out)),
          arrays[i],
          gradients[i]);
    }
  }

  @Test
  void the_weight_is_stored_a_row_for_each_output() {
    assertArrayEquals(
        new double[] {1 * 2 + 3 * 5 + 100, 7 * 2 + 9 * 5 + 200, 11 * 2 + 13 * 5 + 300},
        LinearOracle.forward(
            new double[] {2, 5},
            new double[] {1, 3, 7, 9, 11, 13},
            new double[] {100, 200, 300},
            2,
            3));
  }
}
