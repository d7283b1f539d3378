package dev.surprisal.device.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The working memory of operations: one block for all, because the stream runs them one after
 * another. It grows and never shrinks. If a captured graph may use a block, the block stays
 * allocated when a larger one replaces it.
 */
final class Workspace implements AutoCloseable {
  /** The alignment of its parts, in bytes. */
  static final long ALIGNMENT = 256;

  private static final long UNIT = 2 << 20;

  private final CudaDevice device;
  private final List<Long> outgrown = new ArrayList<>();
  private long address;
  private long bytes;

  Workspace(CudaDevice device) {
    this.device = device;
  }

  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Returns the address of so many uninitialised bytes, valid until the next call. */
  long reserve(long needed) {
    if (needed > bytes) {
      if (address != 0) {
        outgrown.add(address);
        address = 0;
        bytes = 0;
      }
      if (!device.hasGraphs()) {
        freeOutgrown();
      }
      long size = (needed + UNIT - 1) / UNIT * UNIT;
      address = device.allocateBytes(size, "a workspace");
      bytes = size;
    }
    return address;
  }

  private void freeOutgrown() {
    outgrown.forEach(device.runtime()::free);
    outgrown.clear();
  }

  @Override
  public void close() {
    freeOutgrown();
    if (address != 0) {
      device.runtime().free(address);
      address = 0;
      bytes = 0;
    }
  }
}
