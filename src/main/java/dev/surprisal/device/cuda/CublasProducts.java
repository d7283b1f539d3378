package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_fill_rows;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_DEFAULT_MATH;
import static org.bytedeco.cuda.global.cublas.CUBLAS_GEMM_DEFAULT;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_T;
import static org.bytedeco.cuda.global.cublas.CUBLAS_TF32_TENSOR_OP_MATH;
import static org.bytedeco.cuda.global.cublas.cublasCreate_v2;
import static org.bytedeco.cuda.global.cublas.cublasDestroy_v2;
import static org.bytedeco.cuda.global.cublas.cublasGemmEx;
import static org.bytedeco.cuda.global.cublas.cublasGetVersion_v2;
import static org.bytedeco.cuda.global.cublas.cublasSetMathMode;
import static org.bytedeco.cuda.global.cublas.cublasSetStream_v2;
import static org.bytedeco.cuda.global.cublas.cublasSetWorkspace_v2;
import static org.bytedeco.cuda.global.cublas.cublasSgemm_v2;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import dev.surprisal.device.DType;
import dev.surprisal.device.DeviceException;
import dev.surprisal.device.cuda.ProductShape.Form;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Products by cuBLAS, with a workspace of a fixed size, so that it always picks the same algorithm,
 * and without atomics, its default. It ignores faults: see docs/decisions/011.
 */
final class CublasProducts implements ProductKernel {
  /** NVIDIA's recommendation for compute capability 9.0; other GPUs need less. */
  private static final long WORKSPACE = 32 << 20;

  private final CudaDevice device;
  private final String name;
  private final cublasContext handle = new cublasContext();
  private final long memory;
  private final FloatPointer one = new FloatPointer(1f);
  private final FloatPointer zero = new FloatPointer(0f);
  private final Address a = new Address();
  private final Address b = new Address();
  private final Address c = new Address();

  /**
   * Loads the library.
   *
   * @throws LinkageError if it cannot be loaded
   */
  CublasProducts(CudaDevice device) {
    this.device = device;
    CUstream_st stream = new CUstream_st(new Address().at(device.runtime().stream()));
    check("cublasCreate", cublasCreate_v2(handle));
    int[] version = new int[1];
    check("cublasGetVersion", cublasGetVersion_v2(handle, version));
    name = "cublas-" + version[0];
    check("cublasSetStream", cublasSetStream_v2(handle, stream));
    memory = device.allocateBytes(WORKSPACE, "a workspace of cuBLAS");
    check("cublasSetWorkspace", cublasSetWorkspace_v2(handle, a.at(memory), WORKSPACE));
  }

  private static void check(String call, int status) {
    if (status != 0) {
      throw new DeviceException(call + " failed with cuBLAS status " + status);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean takes(ProductShape shape) {
    return !shape.empty()
        && shape.typeA() == shape.typeB()
        && Math.max(shape.m(), Math.max(shape.n(), shape.k())) < 1L << 31;
  }

  @Override
  public long workspace(long m, long n, long k) {
    return 0;
  }

  /**
   * Computes Cᵀ[n, m] = Bᵀ·Aᵀ: cuBLAS is column-major, so it sees the transpose of every matrix.
   */
  @Override
  public void run(
      String operation,
      ProductShape shape,
      long fromA,
      long fromB,
      long bias,
      long toC,
      long workspace) {
    int m = (int) shape.m();
    int n = (int) shape.n();
    int k = (int) shape.k();
    boolean transposedA = shape.form() == Form.TN;
    boolean transposedB = shape.form() == Form.NT;
    if (shape.biased()) {
      CudaKernels.check(operation, surprisal_fill_rows(bias, toC, m, n, device.stream()));
    }
    device.runtime().stream();
    check(
        operation + ": cublasSetMathMode",
        cublasSetMathMode(handle, shape.tf32() ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_DEFAULT_MATH));
    if (shape.typeA() == DType.BFLOAT16) {
      check(
          operation + ": cublasGemmEx",
          cublasGemmEx(
              handle,
              transposedB ? CUBLAS_OP_T : CUBLAS_OP_N,
              transposedA ? CUBLAS_OP_T : CUBLAS_OP_N,
              n,
              m,
              k,
              one,
              b.at(fromB),
              CUDA_R_16BF,
              transposedB ? k : n,
              a.at(fromA),
              CUDA_R_16BF,
              transposedA ? m : k,
              shape.biased() || shape.accumulating() ? one : zero,
              c.at(toC),
              CUDA_R_32F,
              n,
              CUBLAS_COMPUTE_32F,
              CUBLAS_GEMM_DEFAULT));
      return;
    }
    check(
        operation + ": cublasSgemm",
        cublasSgemm_v2(
            handle,
            transposedB ? CUBLAS_OP_T : CUBLAS_OP_N,
            transposedA ? CUBLAS_OP_T : CUBLAS_OP_N,
            n,
            m,
            k,
            one,
            b.at(fromB),
            transposedB ? k : n,
            a.at(fromA),
            transposedA ? m : k,
            shape.biased() || shape.accumulating() ? one : zero,
            c.at(toC),
            n));
  }

  @Override
  public void close() {
    device.runtime().stream();
    cublasDestroy_v2(handle);
    device.runtime().free(memory);
  }
}
