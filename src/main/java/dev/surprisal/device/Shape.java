package dev.surprisal.device;

import java.util.Arrays;

/** The sizes of a tensor's dimensions, outermost first; row-major. Immutable. */
public final class Shape {
  private final long[] sizes;
  private final long elements;

  private Shape(long[] sizes) {
    long product = 1;
    for (long size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "expected sizes of 0 or more in a shape, found " + Arrays.toString(sizes));
      }
      try {
        product = Math.multiplyExact(product, size);
      } catch (ArithmeticException overflow) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(sizes) + " has more than 2^63 elements", overflow);
      }
    }
    this.sizes = sizes;
    this.elements = product;
  }

  /**
   * Creates a shape of the given sizes. No sizes make the shape of a scalar, of one element.
   *
   * @param sizes the size of each dimension, outermost first
   * @return the shape
   * @throws IllegalArgumentException if a size is negative or their product overflows
   */
  public static Shape of(long... sizes) {
    return new Shape(sizes.clone());
  }

  /**
   * Returns the number of dimensions.
   *
   * @return 0 for a scalar
   */
  public int rank() {
    return sizes.length;
  }

  /**
   * Returns the size of one dimension.
   *
   * @param dimension its index, 0 for the outermost; −1 is the innermost, −2 the one before it
   * @return its size
   */
  public long size(int dimension) {
    return sizes[dimension < 0 ? sizes.length + dimension : dimension];
  }

  /**
   * Returns the product of all sizes.
   *
   * @return the number of elements
   */
  public long elements() {
    return elements;
  }

  /**
   * Returns the sizes as an array.
   *
   * @return a copy
   */
  public long[] toArray() {
    return sizes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
