package dev.surprisal.device.cuda;

import org.bytedeco.javacpp.FloatPointer;

/** A pointer for the presets that can be set to any address, so that a call allocates nothing. */
final class Address extends FloatPointer {
  private static final long serialVersionUID = 1;

  Address at(long newAddress) {
    address = newAddress;
    return this;
  }
}
