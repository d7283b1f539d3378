package dev.surprisal.device.cpu;

import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.SampledRows;
import dev.surprisal.device.Tensor;

/**
 * Sampled softmax and noise-contrastive estimation: reads each row of logits once, and overwrites
 * it once with its gradient.
 *
 * <p>The softmax takes logits relative to the target's. With rest for the sum of the samples' terms
 * the loss is log1p(rest), and the target's gradient −rest / (1 + rest), if the target's term is
 * the largest. Neither loses digits if the target is almost certain.
 */
final class SampledLossOp implements CpuTask {
  private static final int BLOCK = 4096;

  /** The number of factors 1 + e ≤ 2 that each of four double products holds without overflow. */
  private static final int FACTORS = 4 * 1000;

  private final Workers workers;
  private final LossTokens tokens = new LossTokens();
  private final Floats gradLosses = new Floats();
  private final Floats logits = new Floats();
  private final Floats targetLogits = new Floats();
  private final Floats losses = new Floats();
  private final Floats floats = new Floats();
  private final float[] one = new float[1];
  private SampledLoss kind;
  private int[] targets = new int[0];
  private int[] samples = new int[0];

  /** log(S·P) of the samples and, for noise, of the targets. */
  private float[] corrections = new float[0];

  private float[] targetCorrections = new float[0];
  private double divisor;
  private int rows;
  private int count;
  private int rowsPerChunk;

  SampledLossOp(Workers workers) {
    this.workers = workers;
  }

  void run(SampledLoss newKind, Tensor newTargets, SampledRows of) {
    kind = newKind;
    rows = Math.toIntExact(newTargets.elements());
    count = Math.toIntExact(of.samples().elements());
    rowsPerChunk = Math.max(1, BLOCK / count);
    long classes = of.logProbabilities().elements();
    targets = Ids.read("cross-entropy", newTargets, targets, classes);
    samples = Ids.read("sampled loss", of.samples(), samples, classes);
    tokens.set(of.positions(), of.losses(), rows);
    floats.set(of.logProbabilities());
    corrections = corrections(samples, count, corrections);
    if (kind == SampledLoss.NOISE_CONTRASTIVE) {
      targetCorrections = corrections(targets, rows, targetCorrections);
    }
    divisor = 1;
    if (of.divisor() != null) {
      floats.set(of.divisor()).read(0, one, 0, 1);
      divisor = one[0];
    }
    gradLosses.set(of.gradLosses());
    logits.set(of.logits());
    targetLogits.set(of.targetLogits());
    losses.set(of.losses());
    workers.run(this, (rows + rowsPerChunk - 1) / rowsPerChunk);
  }

  private float[] corrections(int[] of, int size, float[] into) {
    float[] result = into.length < size ? new float[size] : into;
    double logCount = Math.log(count);
    for (int i = 0; i < size; i++) {
      floats.read(of[i], result, i, 1);
      result[i] = (float) (logCount + result[i]);
    }
    return result;
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunk * rowsPerChunk;
    int size = Math.min(rowsPerChunk, rows - first);
    float[] row = scratch.block(0, count);
    float[] terms = scratch.block(1, count);
    float[] own = scratch.block(2, size);
    float[] arriving = scratch.block(3, size);
    float[] values = scratch.block(4, size);
    targetLogits.read(first, own, 0, size);
    if (gradLosses.present()) {
      tokens.read(gradLosses, first, size, arriving);
    }
    for (int i = 0; i < size; i++) {
      long at = (first + i) * (long) count;
      double factor = divisor == 0 ? 0 : (gradLosses.present() ? arriving[i] : 1) / divisor;
      logits.read(at, row, 0, count);
      if (kind == SampledLoss.SOFTMAX) {
        values[i] = softmax(row, targets[first + i], own, i, factor, scratch);
      } else {
        values[i] = noise(row, terms, targetCorrections[first + i], own, i, factor, scratch);
      }
      logits.write(at, row, 0, count);
    }
    targetLogits.write(first, own, 0, size);
    tokens.write(values, first, size, losses);
  }

  /** Returns the loss of a row and overwrites row and own[i] with its gradient. */
  private float softmax(
      float[] row, int target, float[] own, int i, double factor, Scratch scratch) {
    // A target of probability 0 cannot be the reference of the others.
    float base = own[i] == Float.NEGATIVE_INFINITY ? 0 : own[i];
    float relative = own[i] - base;
    subtractCorrections(row, base);
    for (int s = 0; s < count; s++) {
      row[s] = samples[s] == target ? Float.NEGATIVE_INFINITY : row[s];
    }
    VectorMath.range(row, 0, count, scratch);
    float largest = Math.max(relative, scratch.largest);
    VectorMath.subtract(row, 0, count, largest);
    if (scratch.smallest - largest < -VectorMath.EXP_DOMAIN) {
      VectorMath.clamp(row, 0, count, VectorMath.EXP_DOMAIN);
    }
    VectorMath.exp(row, count, scratch);
    double rest = VectorMath.sum(row, 0, count);
    double ownTerm = StrictMath.exp(relative - largest);
    double sum = rest + ownTerm;
    VectorMath.scale(row, 0, count, (float) (factor / sum));
    own[i] = (float) (-rest / sum * factor);
    double logSum = relative == largest ? StrictMath.log1p(rest) : StrictMath.log(sum);
    return (float) ((double) largest - relative + logSum);
  }

  private void subtractCorrections(float[] row, float base) {
    float[] by = corrections;
    for (int s = 0; s < count; s++) {
      row[s] = (row[s] - base) - by[s];
    }
  }

  /** Returns the loss of a row and overwrites row and own[i] with its gradient. */
  private float noise(
      float[] row,
      float[] terms,
      float correction,
      float[] own,
      int i,
      double factor,
      Scratch scratch) {
    subtractCorrections(row, 0);
    negativeMagnitudes(row, terms);
    VectorMath.exp(terms, count, scratch);
    double loss = softplus(row, terms);
    sigmoid(row, terms, (float) factor);
    double x = own[i] - correction;
    double e = StrictMath.exp(-Math.abs(x));
    own[i] = (float) (-factor * (x > 0 ? e : 1) / (1 + e));
    return (float) (loss + Math.max(-x, 0) + StrictMath.log1p(e));
  }

  /** Computes terms[s] = −|x[s]|, clamped to the range of exp. */
  private void negativeMagnitudes(float[] x, float[] terms) {
    for (int s = 0; s < count; s++) {
      float magnitude = Math.abs(x[s]);
      terms[s] = magnitude > VectorMath.EXP_DOMAIN ? -VectorMath.EXP_DOMAIN : -magnitude;
    }
  }

  /**
   * Returns Σ_s log(1 + e^x[s]) = Σ_s max(x[s], 0) + log Π_s (1 + e[s]) for e[s] = exp(−|x[s]|).
   * The products are kept minus 1, so that they keep their digits if all e are small.
   */
  private double softplus(float[] x, float[] e) {
    double sum = 0;
    for (int from = 0; from < count; from += FACTORS) {
      int to = Math.min(count, from + FACTORS);
      double p0 = 0;
      double p1 = 0;
      double p2 = 0;
      double p3 = 0;
      int s = from;
      for (; s + 3 < to; s += 4) {
        p0 += e[s] * (1 + p0);
        p1 += e[s + 1] * (1 + p1);
        p2 += e[s + 2] * (1 + p2);
        p3 += e[s + 3] * (1 + p3);
      }
      for (; s < to; s++) {
        p0 += e[s] * (1 + p0);
      }
      sum += StrictMath.log1p(p0) + StrictMath.log1p(p1);
      sum += StrictMath.log1p(p2) + StrictMath.log1p(p3);
    }
    for (int s = 0; s < count; s++) {
      sum += x[s] > 0 ? x[s] : 0;
    }
    return sum;
  }

  /** Computes x[s] = factor / (1 + exp(−x[s])) for e[s] = exp(−|x[s]|). */
  private void sigmoid(float[] x, float[] e, float factor) {
    for (int s = 0; s < count; s++) {
      x[s] = factor * ((x[s] < 0 ? e[s] : 1) / (1 + e[s]));
    }
  }
}
