package dev.surprisal.device;

/** How exactly a device multiplies matrices; the names are PyTorch's. */
public enum MatmulPrecision {
  /** Operands, products and sums are float32. */
  HIGHEST,
  /**
   * Operands may be rounded to TF32, which has 10 bits of mantissa: each is off by up to 2^-11 of
   * itself. BFLOAT16 operands stay as they are. Sums stay float32. A GPU with tensor cores is
   * several times as fast; the CPU computes as with {@link #HIGHEST}.
   */
  HIGH
}
