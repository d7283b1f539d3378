package dev.surprisal.device;

import dev.surprisal.device.LossCall.Gradient;
import dev.surprisal.device.LossCall.Result;
import dev.surprisal.oracle.FocalOracle;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;

class KernelsFocalTest {
  @OnEveryDevice
  void losses_and_gradients_are_those_of_the_formula(Bench bench) {
    for (int classes : new int[] {1, 2, 31, 33, 127, 5000}) {
      for (int rows : new int[] {0, 1, 7, 40}) {
        int[] targets = Samples.integers(1, rows, classes);
        for (int row = 0; row < rows; row += 3) {
          targets[row] = -100;
        }
        for (double gamma : new double[] {0, 0.5, 1, 2, 5}) {
          double[] weights = gamma == 1 ? null : DenseLoss.weights(classes);
          DenseLoss loss =
              DenseLoss.focal(new FocalOracle(new Targets(targets, -100), weights, gamma));
          Rows of =
              Rows.of(Samples.normal(3, rows * classes, 3), classes)
                  .arriving(Samples.normal(4, rows, 1), 1);
          new LossCall(of, loss).check(bench, Gradient.SEPARATE);
        }
      }
    }
  }

  @OnEveryDevice
  void loss_and_gradient_of_an_almost_certain_target_keep_their_digits(Bench bench) {
    double[] logits = new double[8 * 3];
    for (int row = 0; row < 8; row++) {
      logits[row * 3] = 4 * row;
    }
    for (double gamma : new double[] {0, 0.5, 1, 2}) {
      FocalOracle focal = new FocalOracle(new Targets(new int[8], -1), null, gamma);
      LossCall call = new LossCall(Rows.of(logits, 3), DenseLoss.focal(focal));
      Result result = call.run(bench, Gradient.SEPARATE);
      Tolerance relative = new Tolerance(1.3e-6, 0);
      relative.assertClose("losses, " + gamma, call.expected().losses(), result.losses());
      relative.assertClose("gradient, " + gamma, call.expected().gradient(), result.gradient());
    }
  }

  @OnEveryDevice
  void a_certain_target_has_no_loss_and_a_masked_one_an_infinite_one(Bench bench) {
    double[] logits = {500, 0, 0, Double.NEGATIVE_INFINITY, 0, 0};
    for (double gamma : new double[] {0, 0.5, 1, 2}) {
      FocalOracle focal = new FocalOracle(new Targets(new int[2], -1), null, gamma);
      LossCall call = new LossCall(Rows.of(logits, 3), DenseLoss.focal(focal));
      Result result = call.run(bench, Gradient.SEPARATE);
      Tolerance.FLOAT32.assertClose("losses", call.expected().losses(), result.losses());
      Tolerance.FLOAT32.assertClose("gradient", call.expected().gradient(), result.gradient());
    }
  }
}
