package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** The sum or mean of the tokens' losses, summed in double precision. */
final class ReduceLossesOp {
  private static final int BLOCK = 4096;

  private final Floats losses = new Floats();
  private final Floats divisor = new Floats();
  private final float[] block = new float[BLOCK];
  private final float[] scalar = new float[1];

  void run(Tensor newLosses, Tensor newDivisor, Tensor total) {
    long count = newLosses.elements();
    losses.set(newLosses);
    double sum = 0;
    for (long at = 0; at < count; at += BLOCK) {
      int size = (int) Math.min(BLOCK, count - at);
      losses.read(at, block, 0, size);
      sum += VectorMath.sum(block, 0, size);
    }
    scalar[0] = 1;
    if (newDivisor != null) {
      divisor.set(newDivisor).read(0, scalar, 0, 1);
    }
    scalar[0] = scalar[0] == 0 ? 0 : (float) (sum / scalar[0]);
    total.write(scalar);
  }
}
