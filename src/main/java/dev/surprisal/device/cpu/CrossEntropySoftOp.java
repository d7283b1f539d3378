package dev.surprisal.device.cpu;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/**
 * Cross-entropy against distributions: p is the given distribution after smoothing, times the class
 * weights. A class with p = 0 adds nothing, whatever its logit.
 */
final class CrossEntropySoftOp extends LossRowsOp {
  private final Floats probabilities = new Floats();
  private final ClassWeights weights = new ClassWeights();
  private final CpuTask check = this::check;
  private float smoothing;

  CrossEntropySoftOp(Workers workers) {
    super(workers);
  }

  void run(Tensor newProbabilities, CrossEntropyOptions options, LossRows rows) {
    set(rows);
    probabilities.set(newProbabilities);
    weights.set(options.classWeights(), classes());
    smoothing = options.labelSmoothing();
    check(check);
    work();
  }

  private void check(int chunk, Scratch scratch) {
    float[] p = scratch.block(FREE, classes());
    for (int n = firstRow(chunk); n < firstRow(chunk) + rowsOf(chunk); n++) {
      probabilities.read(n * (long) classes(), p, 0, classes());
      double sum = 0;
      for (int v = 0; v < classes(); v++) {
        if (!(p[v] >= 0)) {
          throw ValueErrors.noProbability(n, p[v]);
        }
        sum += p[v];
      }
      if (!(Math.abs(sum - 1) <= ValueErrors.PROBABILITY_TOLERANCE)) {
        throw ValueErrors.noDistribution(n, sum);
      }
    }
  }

  @Override
  protected void start(int first, int count, Scratch scratch) {
    float[] p = scratch.block(FREE, count * classes());
    probabilities.read(first * (long) classes(), p, 0, count * classes());
    if (smoothing > 0) {
      VectorMath.scale(p, 0, count * classes(), 1 - smoothing);
      VectorMath.subtract(p, 0, count * classes(), -smoothing / classes());
    }
    if (weights.present()) {
      for (int i = 0; i < count; i++) {
        weights.multiply(p, i * classes(), classes());
      }
    }
  }

  @Override
  protected double value(LossRow row, Scratch scratch) {
    return row.crossEntropy(scratch.block(FREE, 0), row.softmax.from());
  }

  @Override
  protected void gradient(LossRow row, Scratch scratch) {
    row.p(scratch.block(FREE, 0), row.softmax.from());
  }
}
