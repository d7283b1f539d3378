package dev.surprisal.device.cpu;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.openblas.global.openblas_nolapack;

/** Matrix products by OpenBLAS on the calling thread; {@link Workers} are the threads. */
final class Blas {
  /**
   * The most multiplications for which OpenBLAS uses kernels that do not repack the operands, if
   * the processor has them. They are the fastest for the few rows of a recurrent step.
   */
  static final long SMALL_PRODUCT = 1_000_000;

  static {
    // Threads of OpenBLAS would compete with the workers for the processors.
    blas_set_num_threads(1);
  }

  private Blas() {}

  /** The operand that is transposed: C = A·Bᵀ, A·B or Aᵀ·B. */
  enum Form {
    NT(CblasNoTrans, CblasTrans),
    NN(CblasNoTrans, CblasNoTrans),
    TN(CblasTrans, CblasNoTrans);

    private final int a;
    private final int b;

    Form(int a, int b) {
      this.a = a;
      this.b = b;
    }
  }

  /** Computes C[m, n] = A·B + beta·C with k terms per sum; row lengths are in elements. */
  static void product(
      Form form,
      int m,
      int n,
      int k,
      long a,
      int lda,
      long b,
      int ldb,
      float beta,
      long c,
      int ldc,
      Scratch scratch) {
    cblas_sgemm(
        CblasRowMajor,
        form.a,
        form.b,
        m,
        n,
        k,
        1,
        scratch.a.at(a),
        lda,
        scratch.b.at(b),
        ldb,
        beta,
        scratch.c.at(c),
        ldc);
  }

  /** Returns the version, as in "OpenBLAS 0.3.31". */
  static String version() {
    return "OpenBLAS " + openblas_nolapack.OPENBLAS_VERSION.replaceAll("[^0-9.]", "");
  }

  /** Loads the library, or explains which jar is missing. */
  static void load() {
    try {
      openblas_nolapack.blas_get_num_threads();
    } catch (LinkageError missing) {
      throw new IllegalStateException(
          "OpenBLAS could not be loaded ("
              + missing.getMessage()
              + "): add the jar org.bytedeco:openblas with the classifier of this platform ("
              + org.bytedeco.javacpp.Loader.Detector.getPlatform()
              + ") to the class path",
          missing);
    }
  }
}
