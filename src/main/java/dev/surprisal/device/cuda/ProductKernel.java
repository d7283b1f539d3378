package dev.surprisal.device.cuda;

/** One way to compute matrix products. */
interface ProductKernel extends AutoCloseable {
  /** One word, for a file. */
  String name();

  boolean takes(ProductShape shape);

  /** Bytes that {@link #run} needs for a product of such sizes, whatever its form. */
  long workspace(long m, long n, long k);

  /**
   * Issues a product, dense and row-major.
   *
   * @param operation on whose behalf
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
