package dev.surprisal.device;

/** The precision of matrix products, with PyTorch's names. */
public enum MatmulPrecision {
  /** Operands, products and sums are float32. */
  HIGHEST,
  /**
   * Operands may be rounded to TF32, which has 10 bits of mantissa: a relative error of up to 2^-11
   * each. BFLOAT16 operands are not rounded, and sums are float32. A GPU with tensor cores is
   * several times faster; the CPU computes as with {@link #HIGHEST}.
   */
  HIGH
}
