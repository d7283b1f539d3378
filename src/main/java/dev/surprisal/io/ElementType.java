package dev.surprisal.io;

import dev.surprisal.device.DType;

/** The element types of safetensors, by their names in a header. */
enum ElementType {
  F64(8, null),
  F32(4, DType.FLOAT32),
  F16(2, DType.FLOAT16),
  BF16(2, DType.BFLOAT16),
  I64(8, DType.INT64),
  I32(4, DType.INT32),
  I16(2, null),
  I8(1, null),
  U64(8, null),
  U32(4, null),
  U16(2, null),
  U8(1, null),
  BOOL(1, null),
  F8_E4M3(1, null),
  F8_E5M2(1, null),
  F8_E8M0(1, null),
  C64(8, null);

  private final int bytes;
  private final DType type;

  ElementType(int bytes, DType type) {
    this.bytes = bytes;
    this.type = type;
  }

  static ElementType of(DType type) {
    for (ElementType candidate : values()) {
      if (candidate.type == type) {
        return candidate;
      }
    }
    throw new IllegalArgumentException("a safetensors file cannot store " + type);
  }

  int bytes() {
    return bytes;
  }

  /** Returns the tensor type of the same elements, or null. */
  DType type() {
    return type;
  }
}
