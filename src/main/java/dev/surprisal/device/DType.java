package dev.surprisal.device;

/** The type of a tensor's elements. */
public enum DType {
  /** IEEE 754 single precision. */
  FLOAT32(4),
  /** IEEE 754 half precision: 5 bits of exponent, 10 of mantissa. */
  FLOAT16(2),
  /** The upper half of a float32: 8 bits of exponent, 7 of mantissa. */
  BFLOAT16(2),
  /** Signed 32-bit integer; token ids are of this type. */
  INT32(4),
  /** Signed 64-bit integer. */
  INT64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the size of one element.
   *
   * @return bytes
   */
  public int bytes() {
    return bytes;
  }
}
