package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** The logarithm of softmax, written to some columns of a wider matrix. */
final class LogSoftmaxOp implements CpuTask {
  private static final int BLOCK = 4096;

  // Slots of the scratch.
  private static final int LOGITS = 0;
  private static final int TERMS = 1;
  private static final int OFFSET = 2;

  private final Workers workers;
  private final Floats logits = new Floats();
  private final Floats offsets = new Floats();
  private final Floats output = new Floats();
  private int rows;
  private int classes;
  private int rowsPerChunk;
  private long offsetStride;
  private long offsetColumn;
  private long outputStride;
  private long outputColumn;

  LogSoftmaxOp(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor newLogits, Tensor newOffsets, long column, Tensor newOutput, long first) {
    rows = Math.toIntExact(newLogits.shape().size(0));
    classes = Math.toIntExact(newLogits.shape().size(1));
    rowsPerChunk = Math.max(1, BLOCK / classes);
    logits.set(newLogits);
    offsets.set(newOffsets);
    offsetStride = newOffsets == null ? 0 : newOffsets.shape().size(1);
    offsetColumn = column;
    output.set(newOutput);
    outputStride = newOutput.shape().size(1);
    outputColumn = first;
    workers.run(this, (rows + rowsPerChunk - 1) / rowsPerChunk);
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunk * rowsPerChunk;
    int count = Math.min(rowsPerChunk, rows - first);
    float[] x = scratch.block(LOGITS, count * classes);
    float[] terms = scratch.block(TERMS, count * classes);
    float[] offset = scratch.block(OFFSET, 1);
    offset[0] = 0;
    Softmax softmax = scratch.lossRow.softmax;
    logits.read(first * (long) classes, x, 0, count * classes);
    softmax.set(x, count, classes, 1, terms, scratch);
    for (int i = 0; i < count; i++) {
      softmax.select(i);
      long row = first + i;
      if (offsets.present()) {
        offsets.read(row * offsetStride + offsetColumn, offset, 0, 1);
      }
      for (int v = 0; v < classes; v++) {
        terms[i * classes + v] = (float) (softmax.logProbability(v) + offset[0]);
      }
      output.write(row * outputStride + outputColumn, terms, i * classes, classes);
    }
  }
}
