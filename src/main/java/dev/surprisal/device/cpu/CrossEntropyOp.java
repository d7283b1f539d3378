package dev.surprisal.device.cpu;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Reduction;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/**
 * Cross-entropy against classes, and its gradient: each row is read once and written once.
 *
 * <p>With m the largest logit of a row, e_v = exp(z_v − m) and t the target: the loss is log Σe −
 * (z_t − m), taken as log1p of the others' sum where the target is the largest, and the gradient at
 * the target is −(Σ_{v≠t} e_v) / Σe. Neither loses digits where the target's probability nears 1.
 */
final class CrossEntropyOp implements CpuTask {
  private static final int BLOCK = 4096;

  private final Workers workers;
  private final Floats logits = new Floats();
  private final Floats gradLosses = new Floats();
  private final Floats classWeights = new Floats();
  private final Floats losses = new Floats();
  private final Floats gradLogits = new Floats();
  private final CrossEntropyTotal reduced = new CrossEntropyTotal();
  private CrossEntropyOptions options;
  private int[] targets = new int[0];
  private float[] weights = new float[0];
  private float[] rowLosses = new float[0];
  private double weightSum;
  private double divisor;
  private int rows;
  private int classes;
  private int rowsPerChunk;

  CrossEntropyOp(Workers workers) {
    this.workers = workers;
  }

  void run(
      Tensor newLogits,
      Tensor newTargets,
      Tensor newGradLosses,
      CrossEntropyOptions newOptions,
      Tensor newLosses,
      Tensor total,
      Tensor newGradLogits) {
    options = newOptions;
    rows = Math.toIntExact(newLogits.shape().size(0));
    classes = Math.toIntExact(newLogits.shape().size(1));
    readClassWeights();
    divisor = readTargets(newTargets);
    logits.set(newLogits);
    gradLosses.set(newGradLosses);
    losses.set(newLosses);
    gradLogits.set(newGradLogits);
    rowsPerChunk = Math.max(1, BLOCK / classes);
    if (rowLosses.length < rows) {
      rowLosses = new float[rows];
    }
    workers.run(this, (rows + rowsPerChunk - 1) / rowsPerChunk);
    losses.write(0, rowLosses, 0, rows);
    if (total != null) {
      reduced.write(rowLosses, rows, divisor, total);
    }
  }

  private void readClassWeights() {
    classWeights.set(options.classWeights());
    weightSum = classes;
    if (classWeights.present()) {
      if (weights.length < classes) {
        weights = new float[classes];
      }
      classWeights.read(0, weights, 0, classes);
      weightSum = VectorMath.sum(weights, 0, classes);
    }
  }

  /** Checks every target; returns what the losses and gradients are divided by. */
  private double readTargets(Tensor tensor) {
    if (targets.length < rows) {
      targets = new int[rows];
    }
    tensor.storage().read(tensor.offset(), targets, 0, rows);
    double counted = 0;
    for (int n = 0; n < rows; n++) {
      int target = targets[n];
      if (target != options.ignoreIndex()) {
        if (target < 0 || target >= classes) {
          throw ValueErrors.outsideVocabulary("cross-entropy", n, target, classes);
        }
        counted += weight(target);
      }
    }
    if (options.reduction() != Reduction.MEAN) {
      return 1;
    }
    return options.tokenCount() > 0 ? options.tokenCount() : counted;
  }

  private double weight(int target) {
    return classWeights.present() ? weights[target] : 1;
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunk * rowsPerChunk;
    int count = Math.min(rowsPerChunk, rows - first);
    float[] block = scratch.block(0, count * classes);
    float[] upstream = scratch.block(1, count);
    logits.read(first * (long) classes, block, 0, count * classes);
    if (gradLosses.present()) {
      gradLosses.read(first, upstream, 0, count);
    }
    float[] margins = scratch.block(2, count);
    double[] smoothed = scratch.doubles(count);
    for (int i = 0; i < count; i++) {
      int target = targets[first + i];
      int from = i * classes;
      VectorMath.range(block, from, from + classes, scratch);
      VectorMath.subtract(block, from, from + classes, scratch.largest);
      margins[i] = target == options.ignoreIndex() ? 0 : block[from + target];
      smoothed[i] = options.labelSmoothing() == 0 ? 0 : weightedSum(block, from);
      if (scratch.smallest - scratch.largest < -VectorMath.EXP_DOMAIN) {
        VectorMath.clamp(block, from, from + classes, VectorMath.EXP_DOMAIN);
      }
    }
    VectorMath.exp(block, count * classes, scratch);
    for (int i = 0; i < count; i++) {
      int target = targets[first + i];
      int from = i * classes;
      if (target == options.ignoreIndex()) {
        rowLosses[first + i] = 0;
        java.util.Arrays.fill(block, from, from + classes, 0);
      } else {
        double arriving = gradLosses.present() ? upstream[i] : 1;
        double factor = divisor == 0 ? 0 : arriving / divisor;
        rowLosses[first + i] = row(block, from, target, margins[i], smoothed[i], factor);
      }
    }
    if (gradLogits.present()) {
      gradLogits.write(first * (long) classes, block, 0, count * classes);
    }
  }

  /** The loss of a row that holds e_v, from then on factor times the gradient of it. */
  private float row(
      float[] block, int from, int target, double margin, double smoothed, double factor) {
    int to = from + classes;
    int at = from + target;
    double smoothing = options.labelSmoothing();
    double hard = (1 - smoothing) * weight(target);
    double spread = smoothing / classes;
    float targetTerm = block[at];
    block[at] = 0;
    double others = VectorMath.sum(block, from, to);
    double sum = others + targetTerm;
    double logSum = targetTerm == 1 ? StrictMath.log1p(others) : StrictMath.log(sum);
    double loss = hard == 0 ? 0 : hard * (logSum - margin);
    if (smoothing > 0) {
      loss += spread * (weightSum * logSum - smoothed);
    }
    if (gradLogits.present()) {
      double all = hard + spread * weightSum;
      VectorMath.scale(block, from, to, (float) (factor * all / sum));
      if (smoothing > 0) {
        subtractWeights(block, from, factor * spread);
      }
      double atTarget =
          hard * (-others / sum) + spread * (weightSum * (targetTerm / sum) - weight(target));
      block[at] = (float) (factor * atTarget);
    }
    return (float) loss;
  }

  /** Σ_v w_v·(z_v − m) of a row that holds z_v − m; a class of weight 0 adds nothing. */
  private double weightedSum(float[] block, int from) {
    double sum = 0;
    for (int v = 0; v < classes; v++) {
      double weight = weight(v);
      sum += weight == 0 ? 0 : weight * block[from + v];
    }
    return sum;
  }

  private void subtractWeights(float[] block, int from, double factor) {
    for (int v = 0; v < classes; v++) {
      block[from + v] -= (float) (factor * weight(v));
    }
  }
}
