package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.CrossEntropyOracle.Options;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.CrossEntropyOracle.Result;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CrossEntropyOracleTest {
  private static final double[] ONE = {1};

  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.CrossEntropyCase#all")
  void loss_and_gradient_are_those_of_pytorch(CrossEntropyCase c) {
    Result result = run(c, c.logits());
    // Both computed in double; the file holds its results as floats.
    Tolerance tolerance = new Tolerance(1e-7, 1e-15);
    tolerance.assertClose("loss", c.loss(), result.loss());
    tolerance.assertClose("gradient", c.gradient(), result.gradient());
  }

  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.CrossEntropyCase#all")
  void the_gradient_is_that_of_central_differences(CrossEntropyCase c) {
    if (c.name().startsWith("offset")) {
      return; // A step of 1e-5 is below what a double of that size resolves.
    }
    CentralDifferences.check(
        "logits",
        logits -> CentralDifferences.dot(c.upstream(), run(c, logits).loss()),
        c.logits(),
        run(c, c.logits()).gradient());
  }

  @ParameterizedTest
  @EnumSource
  void a_batch_that_is_ignored_or_empty_has_no_loss_and_no_gradient(Reduction reduction) {
    for (int rows = 0; rows < 3; rows++) {
      double[] logits = Samples.normal(1, rows * 31, 1);
      int[] targets = new int[rows];
      Result result =
          CrossEntropyOracle.hard(
              logits,
              targets,
              31,
              new Options(reduction, 0.1, null, 0),
              Samples.normal(2, Math.max(rows, 1), 1));
      assertArrayEquals(new double[reduction == Reduction.NONE ? rows : 1], result.loss());
      assertArrayEquals(new double[logits.length], result.gradient());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SUM", "MEAN"})
  void an_upstream_gradient_a_row_multiplies_the_gradient_of_the_reduced_loss(Reduction reduction) {
    double[] logits = Samples.normal(1, 3 * 7, 1);
    int[] targets = {5, 0, 6};
    double[] upstream = {2, 0, -3};
    double[] expected =
        CrossEntropyOracle.hard(logits, targets, 7, Options.of(reduction), ONE).gradient();
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= upstream[i / 7];
    }
    assertArrayEquals(
        expected,
        CrossEntropyOracle.hard(logits, targets, 7, Options.of(reduction), upstream).gradient(),
        1e-15);
  }

  @Test
  void the_mean_of_no_soft_targets_is_zero() {
    double[] none = {};
    Result result = CrossEntropyOracle.soft(none, none, 31, Options.of(Reduction.MEAN), ONE);
    assertArrayEquals(new double[1], result.loss());
  }

  @Test
  void the_gradient_of_an_almost_certain_target_keeps_its_digits() {
    Result result =
        CrossEntropyOracle.hard(
            new double[] {100, 0, 0}, new int[] {0}, 3, Options.of(Reduction.SUM), ONE);
    double other = Math.exp(-100);
    double[] expected = {-2 * other, other, other};
    new Tolerance(1e-14, 0).assertClose("gradient", expected, result.gradient());
    assertEquals(2 * other, result.loss()[0], 1e-14 * other);
  }

  @Test
  void a_soft_target_of_one_class_is_a_hard_target() {
    double[] logits = Samples.normal(1, 2 * 3, 1);
    Options options = Options.of(Reduction.MEAN);
    Result hard = CrossEntropyOracle.hard(logits, new int[] {2, 0}, 3, options, ONE);
    Result soft = CrossEntropyOracle.soft(logits, new double[] {0, 0, 1, 1, 0, 0}, 3, options, ONE);
    assertArrayEquals(hard.loss(), soft.loss());
    assertArrayEquals(hard.gradient(), soft.gradient());
  }

  @Test
  void an_impossible_class_costs_nothing_unless_it_is_the_target() {
    double[] logits = {0, Double.NEGATIVE_INFINITY, 0};
    Options options = Options.of(Reduction.SUM);
    Result without = CrossEntropyOracle.soft(logits, new double[] {0.5, 0, 0.5}, 3, options, ONE);
    assertEquals(Math.log(2), without.loss()[0], 1e-15);
    assertArrayEquals(new double[3], without.gradient(), 1e-15);
    Result with = CrossEntropyOracle.hard(logits, new int[] {1}, 3, options, ONE);
    assertEquals(Double.POSITIVE_INFINITY, with.loss()[0]);
    assertArrayEquals(new double[] {0.5, -1, 0.5}, with.gradient(), 1e-15);
  }

  @Test
  void sparse_targets_spread_what_is_missing_to_1_over_the_other_classes() {
    Rows rows = Rows.of(Samples.normal(1, 2 * 5, 1), 5);
    Options options = Options.of(Reduction.NONE);
    double[] dense = {0.1, 0.5, 0.1, 0.1, 0.2, 0, 0, 0, 0.25, 0.75};
    LossRowsOracle.Result expected =
        LossRowsOracle.of(rows, CrossEntropyOracle.ofDistributions(dense, options));
    LossRowsOracle.Result found =
        LossRowsOracle.of(
            rows,
            CrossEntropyOracle.ofSparse(
                new int[] {1, 4, 4, 3}, new double[] {0.5, 0.2, 0.75, 0.25}, 2));
    assertArrayEquals(expected.losses(), found.losses(), 1e-15);
    assertArrayEquals(expected.gradient(), found.gradient(), 1e-15);
  }

  @Test
  void a_sparse_target_of_all_classes_is_a_soft_target() {
    Rows rows = Rows.of(Samples.normal(1, 3, 1), 3);
    double[] p = Samples.probabilities(2, 1, 3);
    LossRowsOracle.Result expected =
        LossRowsOracle.of(rows, CrossEntropyOracle.ofDistributions(p, Options.of(Reduction.NONE)));
    LossRowsOracle.Result found =
        LossRowsOracle.of(rows, CrossEntropyOracle.ofSparse(new int[] {0, 1, 2}, p, 3));
    assertArrayEquals(expected.losses(), found.losses());
    assertArrayEquals(expected.gradient(), found.gradient());
  }

  @Test
  void the_golden_file_covers_every_kind_of_case() {
    assertEquals(
        4 * 3 * 3 * 2 * 2 + 3 * 3 * 2 + 3 * 2 + 2 * 3 * 2,
        CrossEntropyCase.all().size(),
        "V, kind, reduction, ...");
    assertTrue(CrossEntropyCase.all().stream().anyMatch(c -> c.probabilities() != null));
    assertTrue(CrossEntropyCase.all().stream().anyMatch(c -> c.upstream().length > 1));
  }

  private static Result run(CrossEntropyCase c, double[] logits) {
    return c.targets() != null
        ? CrossEntropyOracle.hard(logits, c.targets(), c.classes(), c.options(), c.upstream())
        : CrossEntropyOracle.soft(
            logits, c.probabilities(), c.classes(), c.options(), c.upstream());
  }
}
