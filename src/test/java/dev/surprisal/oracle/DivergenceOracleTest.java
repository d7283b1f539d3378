package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.DivergenceOracle.Kind;
import dev.surprisal.oracle.LossRowsOracle.Result;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DivergenceOracleTest {
  private static final double MASKED = Double.NEGATIVE_INFINITY;

  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.DistillationCase#all")
  void loss_and_gradient_are_those_of_pytorch(DistillationCase c) {
    Result result = LossRowsOracle.of(c.rows(), c.divergence());
    // Both computed in double; the file holds its results as floats.
    Tolerance tolerance = new Tolerance(1e-7, 1e-15);
    double[] loss =
        c.mean()
            ? new double[] {Arrays.stream(result.losses()).sum() / c.rows().divisor()}
            : result.losses();
    tolerance.assertClose("loss", c.loss(), loss);
    tolerance.assertClose("gradient", c.gradient(), result.gradient());
  }

  @ParameterizedTest
  @MethodSource("dev.surprisal.oracle.DistillationCase#all")
  void the_gradient_is_that_of_central_differences(DistillationCase c) {
    double[] upstream = new double[c.rows().count()];
    Arrays.setAll(upstream, row -> c.mean() ? 1 / c.rows().divisor() : c.rows().upstream()[row]);
    CentralDifferences.check(
        "logits",
        z ->
            CentralDifferences.dot(
                upstream, LossRowsOracle.of(c.rows().withLogits(z), c.divergence()).losses()),
        c.rows().logits(),
        LossRowsOracle.of(c.rows(), c.divergence()).gradient());
  }

  @ParameterizedTest
  @EnumSource
  void a_student_that_is_like_its_teacher_has_no_loss_and_no_gradient(Kind kind) {
    double[] teacher = Samples.normal(1, 2 * 5, 2);
    double[] student = Arrays.stream(teacher).map(y -> y + 3).toArray();
    Result found = run(kind, teacher, student);
    assertArrayEquals(new double[2], found.losses(), 1e-14);
    assertArrayEquals(new double[10], found.gradient(), 1e-14);
  }

  @ParameterizedTest
  @EnumSource
  void a_class_that_both_rule_out_costs_nothing(Kind kind) {
    Result found = run(kind, new double[] {1, MASKED, 0}, new double[] {0, MASKED, 1});
    Result without = run(kind, new double[] {1, 0}, new double[] {0, 1});
    assertEquals(without.losses()[0], found.losses()[0], 1e-15);
    assertArrayEquals(
        new double[] {without.gradient()[0], 0, without.gradient()[1]}, found.gradient(), 1e-15);
  }

  @Test
  void a_class_that_one_rules_out_costs_without_bound_or_within_one() {
    double[] all = {0, 0, 0};
    double[] two = {0, MASKED, 0};
    Result kl = run(Kind.KL, all, two);
    assertEquals(Double.POSITIVE_INFINITY, kl.losses()[0]);
    assertArrayEquals(new double[] {1 / 6.0, -1 / 3.0, 1 / 6.0}, kl.gradient(), 1e-15);
    assertEquals(Math.log(1.5), run(Kind.KL, two, all).losses()[0], 1e-15);
    assertEquals(Math.log(1.5), run(Kind.REVERSE_KL, all, two).losses()[0], 1e-15);
    assertEquals(Double.POSITIVE_INFINITY, run(Kind.REVERSE_KL, two, all).losses()[0]);
    for (Result bounded :
        new Result[] {run(Kind.JENSEN_SHANNON, all, two), run(Kind.JENSEN_SHANNON, two, all)}) {
      assertTrue(bounded.losses()[0] > 0 && bounded.losses()[0] < Math.log(2));
      assertTrue(Arrays.stream(bounded.gradient()).allMatch(Double::isFinite));
    }
  }

  @Test
  void the_golden_file_covers_every_kind_of_case() {
    assertEquals(3 * 4 * 2 * 2 * 2, DistillationCase.all().size(), "V, kind, T, weight, reduction");
    assertTrue(
        DistillationCase.all().stream()
            .anyMatch(
                c ->
                    c.divergence().targets() != null
                        && c.divergence().targets().count() < c.rows().count()));
  }

  private static Result run(Kind kind, double[] teacher, double[] student) {
    int classes = teacher.length == 10 ? 5 : teacher.length;
    return LossRowsOracle.of(
        Rows.of(student, classes), new DivergenceOracle(teacher, null, kind, 0.3, 1, 1));
  }
}
