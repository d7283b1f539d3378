package dev.surprisal.device.cpu;

import dev.surprisal.device.Readback;
import dev.surprisal.device.Tensor;

/** A queue of values that are read when they are requested. */
final class CpuReadback implements Readback {
  private final Tensor scalar;
  private final float[] value = new float[1];
  private final float[] values = new float[DEPTH];
  private int first;
  private int pending;

  CpuReadback(Tensor scalar) {
    this.scalar = scalar;
  }

  @Override
  public void request() {
    if (pending == DEPTH) {
      throw new IllegalStateException(
          DEPTH + " requested values were not taken yet: call take() first");
    }
    scalar.read(value);
    values[(first + pending) % DEPTH] = value[0];
    pending++;
  }

  @Override
  public float take() {
    if (pending == 0) {
      throw new IllegalStateException("no value was requested: call request() first");
    }
    float taken = values[first];
    first = (first + 1) % DEPTH;
    pending--;
    return taken;
  }

  @Override
  public int pending() {
    return pending;
  }

  @Override
  public void close() {
    // The queue is on the heap.
  }
}
