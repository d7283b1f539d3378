package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/**
 * Scatter-add of rows into a matrix. A chunk owns some columns of it and adds all rows in order, so
 * the sums have one order, and a frequent row costs no more than others.
 */
final class AddRowsOp implements CpuTask {
  private static final int COLUMNS = 64;

  private final Workers workers;
  private final Floats gradOutput = new Floats();
  private final Floats gradWeight = new Floats();
  private int[] ids = new int[0];
  private int count;
  private int width;
  private int padding;

  AddRowsOp(Workers workers) {
    this.workers = workers;
  }

  void run(
      Tensor rows,
      Tensor newGradOutput,
      int paddingIndex,
      boolean accumulate,
      Tensor newGradWeight) {
    count = Math.toIntExact(rows.elements());
    ids = Ids.read("add rows", rows, ids, newGradWeight.shape().size(0));
    width = Math.toIntExact(newGradWeight.shape().size(1));
    padding = paddingIndex;
    gradOutput.set(newGradOutput);
    gradWeight.set(newGradWeight);
    if (!accumulate) {
      newGradWeight.zero();
    }
    workers.run(this, (width + COLUMNS - 1) / COLUMNS);
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunk * COLUMNS;
    int columns = Math.min(COLUMNS, width - first);
    float[] sum = scratch.block(0, columns);
    float[] row = scratch.block(1, columns);
    for (int n = 0; n < count; n++) {
      if (ids[n] != padding) {
        long place = ids[n] * (long) width + first;
        gradWeight.read(place, sum, 0, columns);
        gradOutput.read(n * (long) width + first, row, 0, columns);
        VectorMath.add(sum, row, 0, columns);
        gradWeight.write(place, sum, 0, columns);
      }
    }
  }
}
