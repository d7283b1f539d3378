package dev.surprisal.device.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * Memory that operations need while they run. There is one block for all, since the stream runs
 * them one after the other; it grows and never shrinks. A block that a captured graph may refer to
 * is kept when a larger one takes its place.
 */
final class Workspace implements AutoCloseable {
  /** What parts of it start at multiples of. */
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

  /** The address of so many bytes, with anything in them; valid until the next call. */
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
