package dev.surprisal.device.cuda;

/** A kernel for matrix products. */
interface ProductKernel extends AutoCloseable {
  /** Returns a name of one word, for the file of plans. */
  String name();

  boolean takes(ProductShape shape);

  /** Returns the bytes that {@link #run} needs for a product of such sizes in any form. */
  long workspace(long m, long n, long k);

  /**
   * Issues a product, dense and row-major.
   *
   * @param operation the operation that messages name
   * @param shape sizes and options
   * @param a address of A
   * @param b address of B
   * @param bias address of the bias, [n], or 0 if the shape has none
   * @param c address of C
   * @param workspace address of {@link #workspace} bytes
   */
  void run(String operation, ProductShape shape, long a, long b, long bias, long c, long workspace);

  @Override
  default void close() {}
}
