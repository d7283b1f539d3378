package dev.surprisal.io;

import dev.surprisal.device.DType;

/** An element type by the name that a safetensors header has for it. */
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
    throw new IllegalArgumentException("a safetensors file holds no " + type);
  }

  int bytes() {
    return bytes;
  }

  /** The tensor type of the same elements, null if there is none. */
  DType type() {
    return type;
  }
}
