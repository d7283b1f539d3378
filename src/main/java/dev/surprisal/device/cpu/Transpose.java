package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** The transpose of a matrix, computed in strips of rows. */
final class Transpose implements CpuTask {
  private static final int STRIP = 32;

  private final Workers workers;
  private final Floats source = new Floats();
  private final Floats target = new Floats();
  private int rows;
  private int columns;

  Transpose(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor newSource, Tensor newTarget) {
    rows = Math.toIntExact(newSource.shape().size(0));
    columns = Math.toIntExact(newSource.shape().size(1));
    source.set(newSource);
    target.set(newTarget);
    workers.run(this, (rows + STRIP - 1) / STRIP);
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunk * STRIP;
    int height = Math.min(STRIP, rows - first);
    float[] strip = scratch.block(0, height * columns);
    float[] column = scratch.block(1, height);
    source.read(first * (long) columns, strip, 0, height * columns);
    for (int j = 0; j < columns; j++) {
      for (int i = 0; i < height; i++) {
        column[i] = strip[i * columns + j];
      }
      target.write(j * (long) rows + first, column, 0, height);
    }
  }
}
