package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.surprisal.device.LossCall.Gradient;
import dev.surprisal.device.LossCall.Result;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import dev.surprisal.oracle.UnlikelihoodOracle;

class KernelsUnlikelihoodTest {
  @OnEveryDevice
  void losses_and_gradients_are_those_of_the_formula(Bench bench) {
    for (int classes : new int[] {1, 2, 31, 33, 127, 5000}) {
      for (int rows : new int[] {0, 1, 7, 40}) {
        int[] targets = Samples.integers(1, rows, classes);
        for (int row = 0; row < rows; row += 3) {
          targets[row] = -100;
        }
        for (int k : new int[] {0, 1, 4, 40}) {
          int[] candidates = DenseLoss.candidates(2, rows * k, classes);
          DenseLoss loss =
              DenseLoss.unlikelihood(
                  new UnlikelihoodOracle(new Targets(targets, -100), candidates, k, 0.75));
          Rows of =
              Rows.of(Samples.normal(3, rows * classes, 3), classes)
                  .arriving(Samples.normal(4, rows, 1), 1);
          new LossCall(of, loss).check(bench, Gradient.SEPARATE);
        }
      }
    }
  }

  @OnEveryDevice
  void negative_candidates_repeats_and_the_target_count_nothing(Bench bench) {
    Rows rows = Rows.of(Samples.normal(1, 5, 2), 5);
    Targets target = new Targets(new int[] {4}, -100);
    Result few = run(bench, rows, target, 3, 0);
    Result many = run(bench, rows, target, 3, -1, 3, 4, 0, Integer.MIN_VALUE, 3);
    assertArrayEquals(few.losses(), many.losses());
    assertArrayEquals(few.gradient(), many.gradient());
  }

  private static Result run(Bench bench, Rows rows, Targets targets, int... candidates) {
    return new LossCall(
            rows,
            DenseLoss.unlikelihood(
                new UnlikelihoodOracle(targets, candidates, candidates.length, 1)))
        .run(bench, Gradient.SEPARATE);
  }

  @OnEveryDevice
  void without_candidates_or_without_weight_it_is_cross_entropy(Bench bench) {
    Rows rows = Rows.of(Samples.normal(1, 33, 2), 33);
    Targets target = new Targets(new int[] {4}, -100);
    Result expected =
        new LossCall(
                rows,
                DenseLoss.crossEntropy(
                    target.classes(), CrossEntropyOracle.Options.of(Reduction.NONE)))
            .run(bench, Gradient.SEPARATE);
    DenseLoss noWeight =
        DenseLoss.unlikelihood(new UnlikelihoodOracle(target, new int[] {3, 5}, 2, 0));
    for (Result found :
        new Result[] {
          run(bench, rows, target), new LossCall(rows, noWeight).run(bench, Gradient.SEPARATE)
        }) {
      Tolerance.FLOAT32.assertClose("losses", Samples.doubles(expected.losses()), found.losses());
      Tolerance.FLOAT32.assertClose(
          "gradient", Samples.doubles(expected.gradient()), found.gradient());
    }
  }

  @OnEveryDevice
  void a_candidate_that_is_almost_certain_has_a_finite_loss_and_gradient(Bench bench) {
    for (double lead : new double[] {10, 30, 60, 80}) {
      double[] logits = {lead, 0, 0.5, -1};
      DenseLoss loss =
          DenseLoss.unlikelihood(
              new UnlikelihoodOracle(new Targets(new int[] {1}, -1), new int[] {0, 2}, 2, 1));
      new LossCall(Rows.of(logits, 4), loss).check(bench, Gradient.SEPARATE);
    }
  }

  @OnEveryDevice
  void a_masked_candidate_counts_nothing(Bench bench) {
    double[] logits = {0, Double.NEGATIVE_INFINITY, 1};
    DenseLoss loss =
        DenseLoss.unlikelihood(
            new UnlikelihoodOracle(new Targets(new int[] {0}, -1), new int[] {1, 2}, 2, 1));
    new LossCall(Rows.of(logits, 3), loss).check(bench, Gradient.SEPARATE);
  }
}
