package dev.surprisal.benchmarks.peers;

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

import dev.surprisal.device.DeviceException;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Products of matrices in row order, with float32 sums and results. */
final class Cublas implements AutoCloseable {
  /** What NVIDIA recommends for compute capability 9.0; more than others need. */
  private static final long WORKSPACE = 32 << 20;

  private final cublasContext handle = new cublasContext();
  private final Type type;
  private final FloatPointer one = new FloatPointer(1f);
  private final FloatPointer zero = new FloatPointer(0f);

  /**
   * For operands of one type.
   *
   * @throws LinkageError if there is no such library
   */
  Cublas(Cuda cuda, Type type) {
    this.type = type;
    check("cublasCreate", cublasCreate_v2(handle));
    try {
      check("cublasSetStream", cublasSetStream_v2(handle, cuda.stream()));
      BytePointer workspace = cuda.zeros(WORKSPACE);
      check("cublasSetWorkspace", cublasSetWorkspace_v2(handle, workspace, WORKSPACE));
      int mode = type == Type.TF32 ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_DEFAULT_MATH;
      check("cublasSetMathMode", cublasSetMathMode(handle, mode));
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private static void check(String call, int status) {
    if (status != 0) {
      throw new DeviceException(call + " failed with cuBLAS status " + status);
    }
  }

  int version() {
    int[] version = new int[1];
    check("cublasGetVersion", cublasGetVersion_v2(handle, version));
    return version[0];
  }

  /** C[m, n] = A·B of A[m, k] and B[k, n], each given as it is or transposed. */
  void product(
      int m,
      int n,
      int k,
      BytePointer a,
      boolean transposedA,
      BytePointer b,
      boolean transposedB,
      BytePointer c) {
    // cuBLAS counts by columns: to it all of these are transposed, and Cᵀ = Bᵀ·Aᵀ.
    int formA = transposedA ? CUBLAS_OP_T : CUBLAS_OP_N;
    int formB = transposedB ? CUBLAS_OP_T : CUBLAS_OP_N;
    int strideA = transposedA ? m : k;
    int strideB = transposedB ? k : n;
    if (type == Type.BFLOAT16) {
      check(
          "cublasGemmEx",
          cublasGemmEx(
              handle,
              formB,
              formA,
              n,
              m,
              k,
              one,
              b,
              CUDA_R_16BF,
              strideB,
              a,
              CUDA_R_16BF,
              strideA,
              zero,
              c,
              CUDA_R_32F,
              n,
              CUBLAS_COMPUTE_32F,
              CUBLAS_GEMM_DEFAULT));
      return;
    }
    try (FloatPointer floatsA = new FloatPointer(a);
        FloatPointer floatsB = new FloatPointer(b);
        FloatPointer floatsC = new FloatPointer(c)) {
      check(
          "cublasSgemm",
          cublasSgemm_v2(
              handle, formB, formA, n, m, k, one, floatsB, strideB, floatsA, strideA, zero, floatsC,
              n));
    }
  }

  /** Its workspace is the memory's. */
  @Override
  public void close() {
    cublasDestroy_v2(handle);
    one.close();
    zero.close();
  }
}
