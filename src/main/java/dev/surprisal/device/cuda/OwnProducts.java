package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_product;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_product_workspace;

import dev.surprisal.device.cuda.binding.surprisal_matrix_product;

/** Products by the library's own tiled kernel. */
final class OwnProducts implements ProductKernel {
  private final CudaDevice device;
  private final surprisal_matrix_product struct = new surprisal_matrix_product();

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
    struct.a(a);
    struct.b(b);
    struct.bias(bias);
    struct.c(c);
    struct.m(shape.m());
    struct.n(shape.n());
    struct.k(shape.k());
    struct.form(shape.form().ordinal());
    struct.type_a(CudaKernels.code(shape.typeA()));
    struct.type_b(CudaKernels.code(shape.typeB()));
    struct.accumulate(shape.accumulating() ? 1 : 0);
    struct.tf32(shape.tf32() ? 1 : 0);
    CudaKernels.check(operation, surprisal_product(struct, workspace, device.stream()));
  }
}
