package dev.surprisal.device.cpu;

import org.bytedeco.javacpp.BytePointer;

/** A pointer that can be set to any range of native memory, so that a call allocates nothing. */
final class NativeBytes extends BytePointer {
  private static final long serialVersionUID = 1;

  NativeBytes at(long address, long bytes) {
    this.address = address;
    this.capacity = bytes;
    this.limit = bytes;
    return this;
  }
}
