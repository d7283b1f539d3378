package dev.surprisal.benchmarks.measure;

import java.util.OptionalDouble;

/**
 * A contestant that multiplies matrices by the vendor's library in this process: what it reaches is
 * the ceiling of all products.
 */
public interface ProductRate extends Contestant {
  /**
   * Measures a product of two square matrices that are in memory, as {@link Case} names types.
   *
   * @param type of the operands; float32 stays float32 in the product, tf32 may be rounded
   * @param size rows and columns of each
   * @param effort how long to take
   * @return floating-point operations a second, 2·size³ a product; empty if it has no such product
   */
  OptionalDouble flopsPerSecond(String type, int size, Effort effort);
}
