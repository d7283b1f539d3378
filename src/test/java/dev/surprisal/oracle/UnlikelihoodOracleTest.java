package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.oracle.LossRowsOracle.Result;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import org.junit.jupiter.api.Test;

class UnlikelihoodOracleTest {
  private static final Targets TARGETS = new Targets(new int[] {4, 0, -100}, -100);

  @Test
  void the_gradient_is_that_of_central_differences() {
    UnlikelihoodOracle loss = new UnlikelihoodOracle(TARGETS, new int[] {1, 3, 2, 2, 0, 1}, 2, 0.7);
    double[] upstream = {1, -2, 3};
    Rows rows = Rows.of(Samples.normal(1, 15, 2), 5).arriving(upstream, 1);
    CentralDifferences.check(
        "logits",
        z -> CentralDifferences.dot(upstream, LossRowsOracle.of(rows.withLogits(z), loss).losses()),
        rows.logits(),
        LossRowsOracle.of(rows, loss).gradient());
  }

  @Test
  void it_adds_what_makes_each_candidate_unlikely() {
    double[] logits = {Math.log(2), 0, 0};
    Result found =
        LossRowsOracle.of(
            Rows.of(logits, 3),
            new UnlikelihoodOracle(new Targets(new int[] {1}, -1), new int[] {0, 2}, 2, 0.5));
    assertEquals(Math.log(4) - 0.5 * (Math.log(0.5) + Math.log(0.75)), found.losses()[0], 1e-15);
  }

  @Test
  void negative_candidates_repeats_and_the_target_count_nothing() {
    Rows rows = Rows.of(Samples.normal(1, 5, 2), 5);
    Targets target = new Targets(new int[] {4}, -1);
    Result once = LossRowsOracle.of(rows, new UnlikelihoodOracle(target, new int[] {3, 0}, 2, 1));
    Result found =
        LossRowsOracle.of(
            rows, new UnlikelihoodOracle(target, new int[] {3, -1, 3, 4, 0, -100, 3}, 7, 1));
    assertArrayEquals(once.losses(), found.losses());
    assertArrayEquals(once.gradient(), found.gradient());
    Result none = LossRowsOracle.of(rows, new UnlikelihoodOracle(target, new int[0], 0, 1));
    Result plain =
        LossRowsOracle.of(
            rows,
            CrossEntropyOracle.ofClasses(
                target.classes(),
                CrossEntropyOracle.Options.of(CrossEntropyOracle.Reduction.NONE)));
    assertArrayEquals(plain.losses(), none.losses());
    assertArrayEquals(plain.gradient(), none.gradient());
  }

  @Test
  void the_gradient_of_an_almost_certain_candidate_is_finite() {
    Result found =
        LossRowsOracle.of(
            Rows.of(new double[] {200, 0, 0}, 3),
            new UnlikelihoodOracle(new Targets(new int[] {1}, -1), new int[] {0}, 1, 1));
    assertEquals(200 + 200 - Math.log(2), found.losses()[0], 1e-12);
    assertArrayEquals(new double[] {2, -1.5, -0.5}, found.gradient(), 1e-15);
  }
}
