package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.oracle.LossRowsOracle.Result;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FocalOracleTest {
  private static final Targets TARGETS = new Targets(new int[] {4, 0, -100, 2}, -100);

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1, 2, 5})
  void the_gradient_is_that_of_central_differences(double gamma) {
    FocalOracle focal = new FocalOracle(TARGETS, new double[] {1, 2, 0.5, 1, 3}, gamma);
    double[] upstream = {1, -2, 3, 0.5};
    Rows rows = Rows.of(Samples.normal(1, 20, 2), 5).arriving(upstream, 1);
    CentralDifferences.check(
        "logits",
        z ->
            CentralDifferences.dot(upstream, LossRowsOracle.of(rows.withLogits(z), focal).losses()),
        rows.logits(),
        LossRowsOracle.of(rows, focal).gradient());
  }

  @Test
  void it_is_cross_entropy_times_a_power_of_what_the_target_lacks() {
    double[] logits = {Math.log(3), 0};
    Targets first = new Targets(new int[] {0}, -1);
    for (double gamma : new double[] {0, 1, 2}) {
      Result found = LossRowsOracle.of(Rows.of(logits, 2), new FocalOracle(first, null, gamma));
      assertEquals(-Math.pow(0.25, gamma) * Math.log(0.75), found.losses()[0], 1e-15);
    }
  }

  @Test
  void without_focus_it_is_cross_entropy() {
    Rows rows = Rows.of(Samples.normal(1, 20, 2), 5);
    double[] weights = {1, 2, 0.5, 1, 3};
    Result focal = LossRowsOracle.of(rows, new FocalOracle(TARGETS, weights, 0));
    Result plain =
        LossRowsOracle.of(
            rows,
            CrossEntropyOracle.ofClasses(
                TARGETS.classes(),
                new CrossEntropyOracle.Options(
                    CrossEntropyOracle.Reduction.NONE, 0, weights, -100)));
    assertArrayEquals(plain.losses(), focal.losses(), 1e-15);
    assertArrayEquals(plain.gradient(), focal.gradient(), 1e-15);
  }

  @Test
  void where_the_target_is_certain_or_impossible_the_gradient_has_its_limit() {
    Targets first = new Targets(new int[] {0}, -1);
    for (double gamma : new double[] {0.5, 1, 2}) {
      FocalOracle focal = new FocalOracle(first, null, gamma);
      Result certain = LossRowsOracle.of(Rows.of(new double[] {3}, 1), focal);
      assertArrayEquals(new double[1], certain.losses());
      assertArrayEquals(new double[1], certain.gradient());
      double[] masked = {Double.NEGATIVE_INFINITY, 0, 0};
      Result impossible = LossRowsOracle.of(Rows.of(masked, 3), focal);
      assertEquals(Double.POSITIVE_INFINITY, impossible.losses()[0]);
      assertArrayEquals(new double[] {-1, 0.5, 0.5}, impossible.gradient(), 1e-15);
    }
  }
}
