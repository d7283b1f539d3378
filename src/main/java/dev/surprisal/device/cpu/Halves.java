package dev.surprisal.device.cpu;

import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;

/** A BFLOAT16 operand of the running operation; reused for every call, so nothing is allocated. */
final class Halves {
  private CpuStorage storage;
  private long offset;

  /** Sets the operand; a tensor that is null or of another type leaves it absent. */
  Halves set(Tensor tensor) {
    boolean taken = tensor != null && tensor.type() == DType.BFLOAT16;
    storage = taken ? (CpuStorage) tensor.storage() : null;
    offset = taken ? tensor.offset() : 0;
    return this;
  }

  boolean present() {
    return storage != null;
  }

  void read(long index, short[] target, int first, int count) {
    storage.read(offset + 2 * index, target, first, count);
  }

  void write(long index, short[] source, int first, int count) {
    storage.write(offset + 2 * index, source, first, count);
  }

  /** Converts bits to those of the same numbers in float32. */
  static void widen(short[] source, int[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = source[i] << 16;
    }
  }

  /** Converts bits of float32: to nearest, ties to even; a NaN becomes 0x7fff, as on a GPU. */
  static void round(int[] source, short[] target, int count) {
    for (int i = 0; i < count; i++) {
      int bits = source[i];
      int nearest = (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
      target[i] = (short) ((bits & 0x7fffffff) > 0x7f800000 ? 0x7fff : nearest);
    }
  }
}
