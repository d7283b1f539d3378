package dev.surprisal.device.cpu;

import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.Tensor;

/** The logits of one class per row: products of the class's weights and a hidden state. */
final class TargetLogitsOp implements CpuTask {
  private static final int BLOCK = 4096;

  private final Workers workers;
  private final Floats weight = new Floats();
  private final Floats bias = new Floats();
  private final Floats hidden = new Floats();
  private final Floats logits = new Floats();
  private int[] targets = new int[0];
  private int rows;
  private int width;
  private int rowsPerChunk;

  TargetLogitsOp(Workers workers) {
    this.workers = workers;
  }

  void run(LinearWeights weights, Tensor newHidden, Tensor newTargets, Tensor newLogits) {
    rows = Math.toIntExact(newTargets.elements());
    width = Math.toIntExact(weights.weight().shape().size(1));
    rowsPerChunk = Math.max(1, BLOCK / Math.max(1, width));
    targets = Ids.read("cross-entropy", newTargets, targets, weights.weight().shape().size(0));
    weight.set(weights.weight());
    bias.set(weights.bias());
    hidden.set(newHidden);
    logits.set(newLogits);
    workers.run(this, (rows + rowsPerChunk - 1) / rowsPerChunk);
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunk * rowsPerChunk;
    int count = Math.min(rowsPerChunk, rows - first);
    float[] states = scratch.block(0, count * width);
    float[] row = scratch.block(1, width);
    float[] results = scratch.block(2, count);
    hidden.read(first * (long) width, states, 0, count * width);
    for (int i = 0; i < count; i++) {
      int target = targets[first + i];
      weight.read(target * (long) width, row, 0, width);
      bias.read(target, results, i, 1);
      results[i] = (float) (results[i] + dot(row, states, i * width));
    }
    logits.write(first, results, 0, count);
  }

  /** Returns the product with x from {@code at} on, in double precision and in a fixed order. */
  private double dot(float[] row, float[] x, int at) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < width; i += 4) {
      s0 += (double) row[i] * x[at + i];
      s1 += (double) row[i + 1] * x[at + i + 1];
      s2 += (double) row[i + 2] * x[at + i + 2];
      s3 += (double) row[i + 3] * x[at + i + 3];
    }
    for (; i < width; i++) {
      s0 += (double) row[i] * x[at + i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
