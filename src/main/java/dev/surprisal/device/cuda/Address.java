package dev.surprisal.device.cuda;

import org.bytedeco.javacpp.FloatPointer;

/** An address as the presets take it; can be moved, so that nothing is allocated. */
final class Address extends FloatPointer {
  private static final long serialVersionUID = 1;

  Address at(long newAddress) {
    address = newAddress;
    return this;
  }
}
