package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** A FLOAT32 operand of the running operation; reused for every call, so nothing is allocated. */
final class Floats {
  private CpuStorage storage;
  private long offset;

  /** Sets the operand; null leaves it absent. */
  Floats set(Tensor tensor) {
    storage = tensor == null ? null : (CpuStorage) tensor.storage();
    offset = tensor == null ? 0 : tensor.offset();
    return this;
  }

  boolean present() {
    return storage != null;
  }

  /** Returns the native address of an element. */
  long address(long index) {
    return storage.address() + offset + 4 * index;
  }

  void read(long index, float[] target, int first, int count) {
    storage.read(offset + 4 * index, target, first, count);
  }

  void write(long index, float[] source, int first, int count) {
    storage.write(offset + 4 * index, source, first, count);
  }
}
