package dev.surprisal.device.cpu;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.openblas.global.openblas_nolapack;

/** Single-threaded matrix products by OpenBLAS; threads above it are ours. */
final class Blas {
  /**
   * The most multiplications for which OpenBLAS takes its kernels that do not repack the operands
   * (where a processor has them); they are the fastest for the few rows of a recurrent step.
   */
  static final long SMALL_PRODUCT = 1_000_000;

  static {
    // Its own threads would spin beside ours and cost more than they bring.
    blas_set_num_threads(1);
  }

  private Blas() {}

  /** Whether and how operands are transposed: C = A·Bᵀ, A·B or Aᵀ·B. */
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

  /** C[m, n] = A·B + beta·C, with K terms a sum; addresses, and row lengths in elements. */
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

  /** The version, as in "OpenBLAS 0.3.31". */
  static String version() {
    return "OpenBLAS " + openblas_nolapack.OPENBLAS_VERSION.replaceAll("[^0-9.]", "");
  }

  /** Loads the library; a missing native jar is told apart from a broken one. */
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
