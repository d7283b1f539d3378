package dev.surprisal.device.cuda;

import dev.surprisal.device.cuda.CudaRuntime.Event;
import java.util.List;

/** Matrix products, each by the fastest kernel on this machine. */
final class Products implements AutoCloseable {
  private static final int ROUNDS = 3;
  private static final int REPEATS = 4;

  private final CudaDevice device;
  private final List<ProductKernel> ways;
  private final Plans plans;

  /**
   * Takes one kernel or more.
   *
   * @param device computes the products
   * @param ways the kernels; the first accepts every shape
   * @param plans may be null for a single kernel
   */
  Products(CudaDevice device, List<ProductKernel> ways, Plans plans) {
    this.device = device;
    this.ways = ways;
    this.plans = plans;
  }

  /** Returns the most bytes that any kernel needs for a product of such sizes. */
  long workspace(long m, long n, long k) {
    long most = 0;
    for (int i = 0; i < ways.size(); i++) {
      most = Math.max(most, ways.get(i).workspace(m, n, k));
    }
    return most;
  }

  /** Issues a product; the arguments are those of {@link ProductKernel#run}. */
  void run(
      String operation, ProductShape shape, long a, long b, long bias, long c, long workspace) {
    ProductKernel way = ways.size() == 1 ? ways.get(0) : plans.known(shape);
    if (way == null) {
      way =
          plans.choose(
              shape,
              ways.stream().filter(candidate -> candidate.takes(shape)).toList(),
              candidate -> milliseconds(candidate, shape, a, b, bias, workspace));
    }
    way.run(operation, shape, a, b, bias, c, workspace);
  }

  /**
   * Returns the time of one product into scratch memory; negative if too little memory is free.
   * Throws a pending fault first: kernels that a fault stops would look fast.
   */
  private double milliseconds(
      ProductKernel way, ProductShape shape, long a, long b, long bias, long workspace) {
    CudaRuntime runtime = device.runtime();
    long scratch = runtime.allocate(Math.max(4, 4 * shape.m() * shape.n()));
    if (scratch == 0) {
      return -1;
    }
    try (Event start = runtime.event();
        Event end = runtime.event()) {
      device.finish();
      double least = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS; round++) {
        way.run("product", shape, a, b, bias, scratch, workspace);
        start.record();
        for (int i = 0; i < REPEATS; i++) {
          way.run("product", shape, a, b, bias, scratch, workspace);
        }
        end.record();
        least = Math.min(least, end.millisecondsSince(start) / REPEATS);
      }
      return least;
    } finally {
      runtime.free(scratch);
    }
  }

  @Override
  public void close() {
    ways.forEach(ProductKernel::close);
  }
}
