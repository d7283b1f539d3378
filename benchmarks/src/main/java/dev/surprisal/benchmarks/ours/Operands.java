package dev.surprisal.benchmarks.ours;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Operands of random numbers, never zeros, which may cost a processor less. */
final class Operands implements AutoCloseable {
  private static final long SEED = 1;

  /** Numbers that are drawn at a time where they are then converted. */
  private static final long DRAWN = 1L << 24;

  private final Device device;
  private final Arena arena;
  private long stream;

  Operands(Device device) {
    this.device = device;
    arena = new Arena(device);
  }

  Device device() {
    return device;
  }

  /** Room for what is only written. */
  Tensor room(DType type, long... sizes) {
    return arena.allocate(type, sizes);
  }

  /** Uniform random numbers, FLOAT32 or BFLOAT16. */
  Tensor uniform(DType type, float low, float high, long... sizes) {
    Tensor result = arena.allocate(type, sizes);
    if (type == DType.FLOAT32) {
      device.kernels().uniform(low, high, SEED, stream++, result);
      return result;
    }
    try (Tensor drawn = device.allocate(DType.FLOAT32, Math.min(DRAWN, result.elements()))) {
      for (long first = 0; first < result.elements(); first += DRAWN) {
        long count = Math.min(DRAWN, result.elements() - first);
        Tensor part = drawn.slice(0, count);
        device.kernels().uniform(low, high, SEED, stream++, part);
        device.kernels().convert(part, result.slice(first, count));
      }
    }
    return result;
  }

  /** Weights as a linear layer of so many inputs has at first. */
  Tensor weight(DType type, long outputs, long inputs) {
    float bound = (float) (1 / Math.sqrt(inputs));
    return uniform(type, -bound, bound, outputs, inputs);
  }

  /** Tokens or targets. */
  Tensor ints(int[] values) {
    Tensor result = arena.allocate(DType.INT32, values.length);
    result.write(values);
    return result;
  }

  /** Several of the same kind. */
  static <T> List<T> several(int count, Supplier<T> one) {
    List<T> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(one.get());
    }
    return all;
  }

  @Override
  public void close() {
    arena.close();
  }
}
