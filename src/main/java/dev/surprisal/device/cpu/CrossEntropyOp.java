package dev.surprisal.device.cpu;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

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
    double hard = hard(target);
    double loss = hard == 0 ? 0 : -hard * row.softmax.logProbability(target);
    row.mass(hard + spread() * weights.sum());
    if (smoothing > 0) {
      for (int v = 0; v < classes(); v++) {
        double p = spread() * weights.of(v);
        loss -= p == 0 ? 0 : p * row.softmax.logProbability(v);
      }
    }
    return loss;
  }

  @Override
  protected void gradient(LossRow row, Scratch scratch) {
    int target = targets.of(row.token());
    if (smoothing > 0) {
      float[] p = scratch.block(FREE, classes());
      for (int v = 0; v < classes(); v++) {
        p[v] = (float) (spread() * weights.of(v));
      }
      row.p(p);
    }
    row.p(target, hard(target) + spread() * weights.of(target));
  }

  private double hard(int target) {
    return (1 - smoothing) * weights.of(target);
  }

  private double spread() {
    return smoothing / classes();
  }
}
