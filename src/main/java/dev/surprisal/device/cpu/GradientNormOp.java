package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** The Euclidean norm of all gradients: sums of squares per chunk, summed in order of chunks. */
final class GradientNormOp implements CpuTask {
  private static final int CHUNK = 1 << 16;
  private static final int BLOCK = 1024;

  private final Workers workers;
  private final Floats gradients = new Floats();
  private final float[] result = new float[1];
  private double[] squares = new double[0];
  private long count;

  GradientNormOp(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor newGradients, Tensor norm) {
    count = newGradients.elements();
    gradients.set(newGradients);
    int chunks = Math.toIntExact((count + CHUNK - 1) / CHUNK);
    if (squares.length < chunks) {
      squares = new double[chunks];
    }
    workers.run(this, chunks);
    double sum = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      sum += squares[chunk];
    }
    result[0] = (float) Math.sqrt(sum);
    norm.write(result);
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    float[] block = scratch.block(0, BLOCK);
    long end = Math.min(count, (chunk + 1L) * CHUNK);
    double sum = 0;
    for (long at = chunk * (long) CHUNK; at < end; at += BLOCK) {
      int size = (int) Math.min(BLOCK, end - at);
      gradients.read(at, block, 0, size);
      sum += VectorMath.sumOfSquares(block, 0, size);
    }
    squares[chunk] = sum;
  }
}
