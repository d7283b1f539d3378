package dev.surprisal.io;

import dev.surprisal.device.DType;
import java.nio.ByteBuffer;

/** Converts two-byte floats to float32, exactly; a NaN keeps its payload. */
final class Half {
  /** The difference of the exponent biases of float32 and float16, in float32's place. */
  private static final int BIAS = (127 - 15) << 23;

  private Half() {}

  static boolean is(DType type) {
    return type == DType.FLOAT16 || type == DType.BFLOAT16;
  }

  /** Converts until one of the buffers ends. */
  static void widen(DType type, ByteBuffer halves, ByteBuffer floats) {
    while (halves.hasRemaining() && floats.hasRemaining()) {
      short bits = halves.getShort();
      floats.putInt(type == DType.FLOAT16 ? fromFloat16(bits) : fromBfloat16(bits));
    }
  }

  static int fromBfloat16(short bits) {
    return bits << 16;
  }

  static int fromFloat16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int magnitude = (bits & 0x7fff) << 13;
    int exponent = magnitude >> 23;
    if (exponent == 31) {
      return sign | 0x7f800000 | magnitude;
    }
    if (exponent == 0) {
      // A subnormal is mantissa × 2^−24, a normal number in float32.
      return sign | Float.floatToRawIntBits((bits & 0x3ff) * 0x1p-24f);
    }
    return sign | (magnitude + BIAS);
  }
}
