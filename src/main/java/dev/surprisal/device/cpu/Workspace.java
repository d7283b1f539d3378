package dev.surprisal.device.cpu;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;

/** Memory that an operation needs while it runs; kept for the next call, grown when too small. */
final class Workspace implements AutoCloseable {
  private final Device device;
  private Tensor memory;
  private Tensor current;

  Workspace(Device device) {
    this.device = device;
  }

  /** A tensor of the given shape, with anything in it; valid until the next call. */
  Tensor matrix(long rows, long columns) {
    if (current != null && current.shape().size(0) == rows && current.shape().size(1) == columns) {
      return current;
    }
    long elements = Math.multiplyExact(rows, columns);
    if (memory == null || memory.elements() < elements) {
      close();
      memory = device.allocate(DType.FLOAT32, elements);
    }
    current = memory.slice(0, rows, columns);
    return current;
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
      current = null;
    }
  }
}
