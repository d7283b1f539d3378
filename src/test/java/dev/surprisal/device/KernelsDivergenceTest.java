package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.LossCall.Gradient;
import dev.surprisal.device.LossCall.Result;
import dev.surprisal.oracle.DistillationCase;
import dev.surprisal.oracle.DivergenceOracle;
import dev.surprisal.oracle.DivergenceOracle.Kind;
import dev.surprisal.oracle.LossRowsOracle;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class KernelsDivergenceTest {
  private static final double MASKED = Double.NEGATIVE_INFINITY;

  @OnEveryDevice
  void losses_and_gradients_are_those_of_pytorch(Bench bench) {
    Tensor total = bench.output(1);
    for (DistillationCase c : DistillationCase.all()) {
      for (Gradient where : Gradient.values()) {
        Result result =
            new LossCall(c.rows(), DenseLoss.divergence(c.divergence())).run(bench, where);
        float[] loss = result.losses();
        if (c.mean()) {
          Tensor divisor = bench.floats(new double[] {c.rows().divisor()});
          bench
              .kernels()
              .losses()
              .reduceLosses(bench.floats(Samples.doubles(loss)), divisor, total);
          loss = total.toFloats();
        }
        Tolerance.FLOAT32.assertClose("loss of " + c, c.loss(), loss);
        if (where != Gradient.NONE) {
          Tolerance.FLOAT32.assertClose("gradient of " + c, c.gradient(), result.gradient());
        }
      }
    }
  }

  @OnEveryDevice
  void losses_and_gradients_are_those_of_the_formula(Bench bench) {
    for (int classes : new int[] {1, 2, 31, 33, 127, 5000}) {
      for (int rows : new int[] {0, 1, 7, 40}) {
        double[] teacher = Samples.normal(2, rows * classes, 3);
        int[] classesOf = Samples.integers(1, rows, classes);
        for (int row = 0; row < rows; row += 3) {
          classesOf[row] = -100;
        }
        Targets targets = new Targets(classesOf, -100);
        Rows of =
            Rows.of(Samples.normal(3, rows * classes, 3), classes)
                .arriving(Samples.normal(4, rows, 1), 1);
        for (Kind kind : Kind.values()) {
          for (double temperature : new double[] {0.75, 1, 4}) {
            for (DivergenceOracle divergence :
                new DivergenceOracle[] {
                  new DivergenceOracle(teacher, null, kind, 0.25, temperature, 1),
                  new DivergenceOracle(teacher, targets, kind, 0.75, temperature, 0.5),
                  new DivergenceOracle(teacher, targets, kind, 0.5, temperature, 0)
                }) {
              DenseLoss loss = DenseLoss.divergence(divergence);
              // A T² of 16 stands before the terms.
              new LossCall(of, loss)
                  .check(
                      bench,
                      Gradient.SEPARATE,
                      Tolerance.FLOAT32.around(Math.max(1, temperature * temperature)));
            }
          }
        }
      }
    }
  }

  @OnEveryDevice
  void a_student_that_is_like_its_teacher_has_no_loss_and_no_gradient(Bench bench) {
    double[] teacher = Samples.normal(1, 4 * 127, 3);
    double[] student = Arrays.stream(teacher).map(y -> (float) (y + 8)).toArray();
    for (Kind kind : Kind.values()) {
      Result found = run(bench, kind, teacher, student, 127);
      Tolerance.FLOAT32.assertClose(kind + " loss", new double[4], found.losses());
      Tolerance.FLOAT32.assertClose(kind + " gradient", new double[4 * 127], found.gradient());
    }
  }

  @OnEveryDevice
  void a_class_that_teacher_and_student_rule_out_costs_nothing(Bench bench) {
    double[] teacher = {1, MASKED, 0, 2, MASKED, MASKED};
    double[] student = {0, MASKED, 1, MASKED, MASKED, 3};
    for (Kind kind : Kind.values()) {
      check(bench, kind, Arrays.copyOf(teacher, 3), Arrays.copyOf(student, 3));
    }
    check(
        bench,
        Kind.JENSEN_SHANNON,
        Arrays.copyOfRange(teacher, 3, 6),
        Arrays.copyOfRange(student, 3, 6));
  }

  @OnEveryDevice
  void a_class_that_one_rules_out_costs_what_the_formula_says(Bench bench) {
    double[] all = {0, 0.5, 1};
    double[] two = {0, MASKED, 1};
    check(bench, Kind.KL, two, all);
    check(bench, Kind.KL, all, two);
    check(bench, Kind.REVERSE_KL, all, two);
    assertEquals(Float.POSITIVE_INFINITY, run(bench, Kind.REVERSE_KL, two, all, 3).losses()[0]);
    check(bench, Kind.JENSEN_SHANNON, two, all);
    check(bench, Kind.JENSEN_SHANNON, all, two);
  }

  private static void check(Bench bench, Kind kind, double[] teacher, double[] student) {
    LossRowsOracle.Result expected =
        LossRowsOracle.of(
            Rows.of(student, 3), new DivergenceOracle(teacher, null, kind, 0.25, 2, 1));
    Result found = run(bench, kind, teacher, student, 3);
    Tolerance.FLOAT32.assertClose(kind + " loss", expected.losses(), found.losses());
    Tolerance.FLOAT32.assertClose(kind + " gradient", expected.gradient(), found.gradient());
  }

  private static Result run(
      Bench bench, Kind kind, double[] teacher, double[] student, int classes) {
    return new LossCall(
            Rows.of(student, classes),
            DenseLoss.divergence(new DivergenceOracle(teacher, null, kind, 0.25, 2, 1)))
        .run(bench, Gradient.SEPARATE);
  }

  @OnEveryDevice
  void distributions_on_other_classes_are_as_far_apart_as_their_logits(Bench bench) {
    double[] teacher = {60, 0, 0};
    double[] student = {0, 0, 60};
    for (Kind kind : Kind.values()) {
      check(bench, kind, teacher, student);
    }
    Result bounded = run(bench, Kind.JENSEN_SHANNON, teacher, student, 3);
    // At most the entropy of β and 1 − β, times the square of the temperature.
    double most = -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75);
    assertTrue(bounded.losses()[0] <= 4 * most * (1 + 1e-6));
  }
}
