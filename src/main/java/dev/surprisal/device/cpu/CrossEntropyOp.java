package dev.surprisal.device.cpu;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;
import java.util.Arrays;

/** Cross-entropy against classes t: with smoothing ε, p is ε/V·w_v and (1 − ε)·w_t more at t. */
final class CrossEntropyOp extends LossRowsOp {
  private final ClassWeights weights = new ClassWeights();
  private double smoothing;

  CrossEntropyOp(Workers workers) {
    super(workers);
  }

  void run(Tensor newTargets, CrossEntropyOptions options, LossRows rows) {
    set(rows);
    targets.set(newTargets, options.ignoreIndex(), classes(), tokens(), rows());
    weights.set(options.classWeights(), classes());
    smoothing = options.labelSmoothing();
    work();
  }

  @Override
  protected double value(LossRow row, Scratch scratch) {
    int target = targets.of(row.token());
    double hard = (1 - smoothing) * weights.of(target);
    if (smoothing > 0) {
      float[] p = scratch.block(FREE, classes());
      Arrays.fill(p, 0, classes(), (float) (smoothing / classes()));
      if (weights.present()) {
        weights.multiply(p, 0, classes());
      }
      p[target] += (float) hard;
      return row.crossEntropy(p, 0);
    }
    row.mass(hard);
    row.softmax.keep(target);
    return hard == 0 ? 0 : -hard * row.softmax.logProbability(target);
  }

  @Override
  protected void gradient(LossRow row, Scratch scratch) {
    if (smoothing > 0) {
      row.p(scratch.block(FREE, 0), 0);
    } else {
      row.p(targets.of(row.token()), row.mass());
    }
  }
}
