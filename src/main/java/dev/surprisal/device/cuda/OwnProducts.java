package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_product;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_product_workspace;

/** Products by the library's own tiled kernel. */
final class OwnProducts implements ProductKernel {
  private final CudaDevice device;

  OwnProducts(CudaDevice device) {
    this.device = device;
  }

  @Override
  public String name() {
    return "surprisal";
  }

  @Override
  public boolean takes(ProductShape shape) {
    return true;
  }

  @Override
  public long workspace(long m, long n, long k) {
    return surprisal_product_workspace(m, n, k);
  }

  @Override
  public void run(
      String operation, ProductShape shape, long a, long b, long bias, long c, long workspace) {
    CudaKernels.check(
        operation,
        surprisal_product(
            a,
            b,
            bias,
            c,
            workspace,
            shape.m(),
            shape.n(),
            shape.k(),
            shape.form().ordinal(),
            CudaKernels.code(shape.typeA()),
            CudaKernels.code(shape.typeB()),
            shape.accumulating() ? 1 : 0,
            shape.tf32() ? 1 : 0,
            device.stream()));
  }
}
