package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** An INT32 operand of the running operation, like {@link Floats}. */
final class Ints {
  private CpuStorage storage;
  private long offset;

  /** Sets the operand; null leaves it absent. */
  Ints set(Tensor tensor) {
    storage = tensor == null ? null : (CpuStorage) tensor.storage();
    offset = tensor == null ? 0 : tensor.offset();
    return this;
  }

  boolean present() {
    return storage != null;
  }

  void read(long index, int[] target, int first, int count) {
    storage.read(offset + 4 * index, target, first, count);
  }

  void write(long index, int[] source, int first, int count) {
    storage.write(offset + 4 * index, source, first, count);
  }
}
