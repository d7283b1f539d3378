package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RnnOracleTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "2, 1, 3, 33", "3, 2, 1, 31", "2, 7, 33, 5", "1, 31, 2, 1"})
  void every_gradient_is_that_of_central_differences(
      int batch, int window, int inputs, int hidden) {
    RnnOracle.Shape shape = new RnnOracle.Shape(batch, window, inputs, hidden);
    double[] x = Samples.normal(1, batch * window * inputs, 1);
    double[] initial = Samples.normal(2, batch * hidden, 0.5);
    RnnOracle.Parameters p = parameters(inputs, hidden);
    double[] upstream = Samples.normal(3, batch * window * hidden, 1);
    double[] upstreamLast = Samples.normal(4, batch * hidden, 1);
    RnnOracle.Gradients d =
        RnnOracle.backward(
            x,
            initial,
            p,
            RnnOracle.forward(x, initial, p, shape).output(),
            upstream,
            upstreamLast,
            shape);
    // One function of the arrays themselves, whichever of them is moved.
    double[][] arrays = {x, initial, p.weightIh(), p.weightHh(), p.biasIh(), p.biasHh()};
    RnnOracle.Parameters dp = d.parameters();
    double[][] gradients = {
      d.x(), d.initial(), dp.weightIh(), dp.weightHh(), dp.biasIh(), dp.biasHh()
    };
    String[] names = {"x", "initial", "weightIh", "weightHh", "biasIh", "biasHh"};
    for (int i = 0; i < arrays.length; i++) {
      CentralDifferences.check(
          names[i],
          moved -> {
            RnnOracle.Result result = RnnOracle.forward(x, initial, p, shape);
            return CentralDifferences.dot(upstream, result.output())
                + CentralDifferences.dot(upstreamLast, result.last());
          },
          arrays[i],
          gradients[i]);
    }
  }

  @Test
  void two_windows_with_the_state_carried_over_are_one() {
    double[] x = Samples.normal(1, 7 * 3, 1);
    RnnOracle.Parameters p = parameters(3, 5);
    double[] zero = new double[5];
    RnnOracle.Result whole = RnnOracle.forward(x, zero, p, new RnnOracle.Shape(1, 7, 3, 5));
    RnnOracle.Result first =
        RnnOracle.forward(Arrays.copyOf(x, 4 * 3), zero, p, new RnnOracle.Shape(1, 4, 3, 5));
    RnnOracle.Result second =
        RnnOracle.forward(
            Arrays.copyOfRange(x, 4 * 3, 7 * 3), first.last(), p, new RnnOracle.Shape(1, 3, 3, 5));
    assertArrayEquals(Arrays.copyOf(whole.output(), 4 * 5), first.output());
    assertArrayEquals(Arrays.copyOfRange(whole.output(), 4 * 5, 7 * 5), second.output());
    assertArrayEquals(whole.last(), second.last());
  }

  private static RnnOracle.Parameters parameters(int inputs, int hidden) {
    double deviation = 0.5 / Math.sqrt(hidden);
    return new RnnOracle.Parameters(
        Samples.normal(11, hidden * inputs, 0.5),
        Samples.normal(12, hidden * hidden, deviation),
        Samples.normal(13, hidden, deviation),
        Samples.normal(14, hidden, deviation));
  }
}
