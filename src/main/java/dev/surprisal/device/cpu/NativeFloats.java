package dev.surprisal.device.cpu;

import org.bytedeco.javacpp.FloatPointer;

/** A pointer that can be set to any address, so that a native call allocates nothing. */
final class NativeFloats extends FloatPointer {
  private static final long serialVersionUID = 1;

  NativeFloats at(long address) {
    this.address = address;
    return this;
  }
}
