package dev.surprisal.device.cuda;

import dev.surprisal.device.cuda.CudaRuntime.Event;
import java.util.List;

/** Matrix products, each the fastest way that there is on this machine. */
final class Products implements AutoCloseable {
  private static final int ROUNDS = 3;
  private static final int REPEATS = 4;

  private final CudaDevice device;
  private final List<ProductKernel> ways;
  private final Plans plans;

  /**
   * With one way or more.
   *
   * @param device where products are
   * @param ways the first takes every shape
   * @param plans may be null if there is only one way
   */
  Products(CudaDevice device, List<ProductKernel> ways, Plans plans) {
    this.device = device;
    this.ways = ways;
    this.plans = plans;
  }

  /** The most bytes that any way needs for a product of such sizes. */
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
   * The time of one product into memory of its own; negative if there is none. Kernels that a fault
   * keeps from working would look fast, so that a fault is thrown first.
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
