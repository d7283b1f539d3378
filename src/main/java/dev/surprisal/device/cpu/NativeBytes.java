package dev.surprisal.device.cpu;

import org.bytedeco.javacpp.BytePointer;

/** A range of native memory that somebody else owns; can be moved, so that nothing is allocated. */
final class NativeBytes extends BytePointer {
  private static final long serialVersionUID = 1;

  NativeBytes at(long address, long bytes) {
    this.address = address;
    this.capacity = bytes;
    this.limit = bytes;
    return this;
  }
}
