package dev.surprisal.device.cpu;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;

/** The working memory of an operation; kept for the next call, and grown if too small. */
final class Workspace implements AutoCloseable {
  private final Device device;
  private Tensor memory;
  private Tensor current;

  Workspace(Device device) {
    this.device = device;
  }

  /** Returns a tensor of the given shape with unspecified contents; valid until the next call. */
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
