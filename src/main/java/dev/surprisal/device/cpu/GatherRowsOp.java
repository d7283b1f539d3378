package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** Gathers rows of a matrix, as an embedding does. */
final class GatherRowsOp implements CpuTask {
  private static final int ROWS = 256;

  private final Workers workers;
  private final Floats weight = new Floats();
  private final Floats output = new Floats();
  private final Halves halfWeight = new Halves();
  private final Halves halfOutput = new Halves();
  private int[] ids = new int[0];
  private int count;
  private int width;

  GatherRowsOp(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor newWeight, Tensor rows, Tensor newOutput) {
    count = Math.toIntExact(rows.elements());
    ids = Ids.read("gather rows", rows, ids, newWeight.shape().size(0));
    width = Math.toIntExact(newWeight.shape().size(1));
    weight.set(newWeight);
    output.set(newOutput);
    halfWeight.set(newWeight);
    halfOutput.set(newOutput);
    workers.run(this, (count + ROWS - 1) / ROWS);
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int end = Math.min(count, (chunk + 1) * ROWS);
    if (halfWeight.present()) {
      short[] row = scratch.halves(width);
      for (int n = chunk * ROWS; n < end; n++) {
        halfWeight.read(ids[n] * (long) width, row, 0, width);
        halfOutput.write(n * (long) width, row, 0, width);
      }
    } else {
      float[] row = scratch.block(0, width);
      for (int n = chunk * ROWS; n < end; n++) {
        weight.read(ids[n] * (long) width, row, 0, width);
        output.write(n * (long) width, row, 0, width);
      }
    }
  }
}
