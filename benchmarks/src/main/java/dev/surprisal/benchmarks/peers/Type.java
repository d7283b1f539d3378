package dev.surprisal.benchmarks.peers;

import org.bytedeco.javacpp.BytePointer;

/** Types of operands, as a case names them. */
enum Type {
  FLOAT32,
  TF32,
  BFLOAT16;

  static Type of(String name) {
    return switch (name) {
      case "float32" -> FLOAT32;
      case "tf32" -> TF32;
      case "bfloat16" -> BFLOAT16;
      default -> throw new IllegalArgumentException("no such type: " + name);
    };
  }

  /** Of an element. */
  int bytes() {
    return this == BFLOAT16 ? 2 : 4;
  }

  /** Writes a number, cut to the type. */
  void put(BytePointer host, long offset, float value) {
    if (this == BFLOAT16) {
      host.putShort(offset, (short) (Float.floatToRawIntBits(value) >>> 16));
    } else {
      host.putFloat(offset, value);
    }
  }
}
