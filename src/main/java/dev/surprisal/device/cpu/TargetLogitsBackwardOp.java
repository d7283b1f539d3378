package dev.surprisal.device.cpu;

import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.Tensor;

/** The gradients of {@link TargetLogitsOp}: of hidden states, and of weights row by row. */
final class TargetLogitsBackwardOp implements CpuTask {
  private static final int BLOCK = 4096;

  private final Workers workers;
  private final Floats weight = new Floats();
  private final Floats hidden = new Floats();
  private final Floats gradLogits = new Floats();
  private final Floats gradHidden = new Floats();
  private final Floats gradRows = new Floats();
  private int[] targets = new int[0];
  private int rows;
  private int width;
  private int rowsPerChunk;

  TargetLogitsBackwardOp(Workers workers) {
    this.workers = workers;
  }

  void run(
      LinearWeights weights,
      Tensor newHidden,
      Tensor newTargets,
      Tensor newGradLogits,
      Tensor newGradHidden,
      Tensor newGradRows) {
    rows = Math.toIntExact(newTargets.elements());
    width = Math.toIntExact(weights.weight().shape().size(1));
    rowsPerChunk = Math.max(1, BLOCK / Math.max(1, width));
    targets = Ids.read("cross-entropy", newTargets, targets, weights.weight().shape().size(0));
    weight.set(weights.weight());
    hidden.set(newHidden);
    gradLogits.set(newGradLogits);
    gradHidden.set(newGradHidden);
    gradRows.set(newGradRows);
    workers.run(this, (rows + rowsPerChunk - 1) / rowsPerChunk);
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunk * rowsPerChunk;
    int count = Math.min(rowsPerChunk, rows - first);
    float[] sums = scratch.block(0, width);
    float[] row = scratch.block(1, width);
    float[] gradients = scratch.block(2, count);
    gradLogits.read(first, gradients, 0, count);
    for (int i = 0; i < count; i++) {
      long at = (first + i) * (long) width;
      weight.read(targets[first + i] * (long) width, row, 0, width);
      gradHidden.read(at, sums, 0, width);
      addScaled(sums, row, gradients[i]);
      gradHidden.write(at, sums, 0, width);
      hidden.read(at, row, 0, width);
      VectorMath.scale(row, 0, width, gradients[i]);
      gradRows.write(at, row, 0, width);
    }
  }

  private void addScaled(float[] sums, float[] x, float factor) {
    for (int i = 0; i < width; i++) {
      sums[i] += factor * x[i];
    }
  }
}
