package dev.surprisal.device.cpu;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Reduction;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/**
 * Cross-entropy H(p, q) against given distributions p, and its gradient q_v·Σw·p − w_v·p_v. A class
 * of probability 0 adds nothing to the loss, whatever its logit.
 *
 * <p>The largest term of Σe is 1. It is kept apart from the rest, so that neither the loss nor the
 * gradient loses digits where the probability of that class nears 1.
 */
final class CrossEntropySoftOp implements CpuTask {
  private static final int BLOCK = 4096;

  private final Workers workers;
  private final Floats logits = new Floats();
  private final Floats probabilities = new Floats();
  private final Floats gradLosses = new Floats();
  private final Floats classWeights = new Floats();
  private final Floats losses = new Floats();
  private final Floats gradLogits = new Floats();
  private final CpuTask check = this::check;
  private final CrossEntropyTotal reduced = new CrossEntropyTotal();
  private CrossEntropyOptions options;
  private float[] weights = new float[0];
  private float[] rowLosses = new float[0];
  private double divisor;
  private int rows;
  private int classes;
  private int rowsPerChunk;

  CrossEntropySoftOp(Workers workers) {
    this.workers = workers;
  }

  void run(
      Tensor newLogits,
      Tensor newProbabilities,
      Tensor newGradLosses,
      CrossEntropyOptions newOptions,
      Tensor newLosses,
      Tensor total,
      Tensor newGradLogits) {
    options = newOptions;
    rows = Math.toIntExact(newLogits.shape().size(0));
    classes = Math.toIntExact(newLogits.shape().size(1));
    logits.set(newLogits);
    probabilities.set(newProbabilities);
    gradLosses.set(newGradLosses);
    losses.set(newLosses);
    gradLogits.set(newGradLogits);
    classWeights.set(options.classWeights());
    if (classWeights.present()) {
      weights = weights.length < classes ? new float[classes] : weights;
      classWeights.read(0, weights, 0, classes);
    }
    divisor =
        options.reduction() != Reduction.MEAN
            ? 1
            : options.tokenCount() > 0 ? options.tokenCount() : rows;
    rowsPerChunk = Math.max(1, BLOCK / classes);
    rowLosses = rowLosses.length < rows ? new float[rows] : rowLosses;
    int chunks = (rows + rowsPerChunk - 1) / rowsPerChunk;
    workers.run(check, chunks);
    workers.run(this, chunks);
    losses.write(0, rowLosses, 0, rows);
    if (total != null) {
      reduced.write(rowLosses, rows, divisor, total);
    }
  }

  private void check(int chunk, Scratch scratch) {
    int first = chunk * rowsPerChunk;
    float[] p = scratch.block(0, classes);
    for (int n = first; n < Math.min(rows, first + rowsPerChunk); n++) {
      probabilities.read(n * (long) classes, p, 0, classes);
      double sum = 0;
      for (int v = 0; v < classes; v++) {
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
  public void run(int chunk, Scratch scratch) {
    int first = chunk * rowsPerChunk;
    float[] z = scratch.block(0, classes);
    float[] p = scratch.block(1, classes);
    float[] e = scratch.block(2, classes);
    float[] upstream = scratch.block(3, 1);
    for (int n = first; n < Math.min(rows, first + rowsPerChunk); n++) {
      logits.read(n * (long) classes, z, 0, classes);
      probabilities.read(n * (long) classes, p, 0, classes);
      upstream[0] = 1;
      if (gradLosses.present()) {
        gradLosses.read(n, upstream, 0, 1);
      }
      rowLosses[n] = row(z, p, e, upstream[0] / divisor, scratch);
      if (gradLogits.present()) {
        gradLogits.write(n * (long) classes, z, 0, classes);
      }
    }
  }

  /** The loss of logits z, which become factor times its gradient. */
  private float row(float[] z, float[] p, float[] e, double factor, Scratch scratch) {
    VectorMath.range(z, 0, classes, scratch);
    float max = scratch.largest;
    int top = 0;
    while (top < classes - 1 && z[top] != max) {
      top++;
    }
    System.arraycopy(z, 0, e, 0, classes);
    VectorMath.subtract(e, 0, classes, max);
    VectorMath.clamp(e, 0, classes, VectorMath.EXP_DOMAIN);
    VectorMath.exp(e, classes, scratch);
    float topTerm = e[top];
    e[top] = 0;
    double rest = VectorMath.sum(e, 0, classes);
    e[top] = topTerm;
    double sum = rest + topTerm;
    double logSum = StrictMath.log1p(rest);
    double loss = 0;
    double mass = 0;
    for (int v = 0; v < classes; v++) {
      double target = target(p, v);
      if (target != 0) {
        loss += target * (logSum - ((double) z[v] - max));
        mass += target;
      }
    }
    for (int v = 0; v < classes; v++) {
      double target = target(p, v);
      double others = (v == top ? rest : sum - e[v]) / sum;
      z[v] = (float) (factor * ((mass - target) * (e[v] / sum) - target * others));
    }
    return (float) loss;
  }

  /** The class's weight times its probability after smoothing. */
  private double target(float[] p, int v) {
    double smoothing = options.labelSmoothing();
    double weight = classWeights.present() ? weights[v] : 1;
    return weight * ((1 - smoothing) * p[v] + smoothing / classes);
  }
}
