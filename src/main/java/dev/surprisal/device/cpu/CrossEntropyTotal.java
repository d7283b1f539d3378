package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** The reduced loss from the losses of single tokens. */
final class CrossEntropyTotal {
  private final float[] scalar = new float[1];

  /** total = Σ losses / divisor, and 0 where nothing is counted. */
  void write(float[] losses, int count, double divisor, Tensor total) {
    double sum = VectorMath.sum(losses, 0, count);
    scalar[0] = (float) (divisor == 0 ? 0 : sum / divisor);
    total.write(scalar);
  }
}
