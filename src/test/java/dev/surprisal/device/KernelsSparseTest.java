package dev.surprisal.device;

import dev.surprisal.device.LossCall.Gradient;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class KernelsSparseTest {
  @OnEveryDevice
  void losses_and_gradients_are_those_of_the_formula(Bench bench) {
    for (int classes : new int[] {1, 2, 31, 33, 127, 5000}) {
      for (int k : new int[] {1, 2, 5, 32, classes}) {
        if (k > classes) {
          continue;
        }
        for (int rows : new int[] {0, 1, 7, 40}) {
          DenseLoss loss =
              DenseLoss.crossEntropySparse(
                  Samples.distinct(1, rows, k, classes), DenseLoss.most(2, rows, k, classes), k);
          Rows of =
              Rows.of(Samples.normal(3, rows * classes, 3), classes)
                  .arriving(Samples.normal(4, rows, 1), 1);
          new LossCall(of, loss).check(bench, Gradient.SEPARATE);
        }
      }
    }
  }

  @OnEveryDevice
  void it_is_cross_entropy_against_the_distribution_that_is_meant(Bench bench) {
    double[] logits = Samples.normal(1, 2 * 5, 2);
    double[] dense = {0.125, 0.25, 0.125, 0.125, 0.375, 0, 0, 0, 0.25, 0.75};
    Rows rows = Rows.of(logits, 5);
    CrossEntropyOracle.Options options = CrossEntropyOracle.Options.of(Reduction.NONE);
    LossCall.Result soft =
        new LossCall(rows, DenseLoss.crossEntropySoft(dense, options))
            .run(bench, Gradient.SEPARATE);
    LossCall.Result sparse =
        new LossCall(
                rows,
                DenseLoss.crossEntropySparse(
                    new int[] {4, 1, 3, 4}, new double[] {0.375, 0.25, 0.25, 0.75}, 2))
            .run(bench, Gradient.SEPARATE);
    Tolerance.FLOAT32.assertClose("losses", Samples.doubles(soft.losses()), sparse.losses());
    Tolerance.FLOAT32.assertClose("gradient", Samples.doubles(soft.gradient()), sparse.gradient());
  }

  @OnEveryDevice
  void where_nothing_is_missing_to_1_the_other_classes_may_be_masked(Bench bench) {
    double[] logits = {1, Double.NEGATIVE_INFINITY, 0, Double.NEGATIVE_INFINITY, 2};
    DenseLoss loss =
        DenseLoss.crossEntropySparse(new int[] {4, 0, 2}, new double[] {0.5, 0.25, 0.25}, 3);
    new LossCall(Rows.of(logits, 5), loss).check(bench, Gradient.SEPARATE);
  }

  @OnEveryDevice
  void a_little_more_than_1_spreads_nothing(Bench bench) {
    DenseLoss loss =
        DenseLoss.crossEntropySparse(new int[] {4, 0}, new double[] {0.5, 0.5009765625}, 2);
    new LossCall(Rows.of(Samples.normal(1, 5, 1), 5), loss).check(bench, Gradient.SEPARATE);
  }

  @OnEveryDevice
  void no_probability_at_all_is_an_even_distribution(Bench bench) {
    double[] none = new double[3];
    DenseLoss loss = DenseLoss.crossEntropySparse(new int[] {4, 0, 7}, none, 1);
    double[] logits = Samples.normal(1, 3 * 8, 2);
    Arrays.fill(logits, 0, 8, 1);
    new LossCall(Rows.of(logits, 8), loss).check(bench, Gradient.SEPARATE);
  }
}
