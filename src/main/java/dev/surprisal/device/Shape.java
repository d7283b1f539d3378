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
            "a shape has sizes of 0 and more, found " + Arrays.toString(sizes));
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
   * A shape of the given sizes; none of them is a scalar's shape, of one element.
   *
   * @param sizes the size of each dimension, outermost first
   * @return the shape
   * @throws IllegalArgumentException if a size is negative or their product overflows
   */
  public static Shape of(long... sizes) {
    return new Shape(sizes.clone());
  }

  /**
   * The number of dimensions.
   *
   * @return 0 for a scalar
   */
  public int rank() {
    return sizes.length;
  }

  /**
   * The size of one dimension.
   *
   * @param dimension its index, outermost is 0; a negative one counts from the innermost, −1
   * @return its size
   */
  public long size(int dimension) {
    return sizes[dimension < 0 ? sizes.length + dimension : dimension];
  }

  /**
   * The product of all sizes.
   *
   * @return the number of elements
   */
  public long elements() {
    return elements;
  }

  /**
   * The sizes as an array.
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
