package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.Tensor;

/** The three products of a projection, of all rows at once, on logits that are in memory. */
final class ProductsWork implements Work {
  private final Kernels kernels;
  private final Tensor weight;
  private final Tensor gradWeight;
  private final Tensor hidden;
  private final Tensor gradHidden;
  private final Tensor logits;
  private final Tensor gradLogits;

  ProductsWork(Operands operands, Case which, DType type) {
    long rows = which.size("N");
    long width = which.size("H");
    long classes = which.size("V");
    kernels = operands.device().kernels();
    weight = operands.weight(type, classes, width);
    gradWeight = operands.room(DType.FLOAT32, classes, width);
    hidden = operands.uniform(type, -1, 1, rows, width);
    gradHidden = operands.room(DType.FLOAT32, rows, width);
    logits = operands.room(DType.FLOAT32, rows, classes);
    gradLogits = operands.uniform(DType.FLOAT32, -0.01f, 0.01f, rows, classes);
  }

  @Override
  public void run(int i) {
    kernels.linear(weight, null, hidden, logits);
    kernels.linearBackward(weight, hidden, gradLogits, false, gradWeight, null, gradHidden);
  }

  @Override
  public void close() {}
}
