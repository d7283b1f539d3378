package dev.surprisal.device.cpu;

import dev.surprisal.device.cpu.Blas.Form;

/** The chunks of a batch's sequences, and the matrix product of a step. */
final class RecurrentChunks {
  private static final int ROWS = 4;
  private static final int COLUMNS = 64;

  private int batch;
  private int count;

  /** Cuts a batch into chunks by its size alone; returns their number, a power of two. */
  int cut(int newBatch) {
    batch = newBatch;
    count = Math.max(1, Integer.highestOneBit(batch / ROWS));
    return count;
  }

  int first(int chunk) {
    return (int) (chunk * (long) batch / count);
  }

  int rows(int chunk) {
    return first(chunk + 1) - first(chunk);
  }

  /** Computes C[rows, n] += A[rows, k]·B[k, n], in strips that OpenBLAS does not repack. */
  static void product(
      int rows, int n, int k, long a, int lda, long b, long c, int ldc, Scratch scratch) {
    long fit = Blas.SMALL_PRODUCT / ((long) rows * k);
    int strip = (int) Math.min(n, Math.max(COLUMNS, fit / COLUMNS * COLUMNS));
    for (int j = 0; j < n; j += strip) {
      Blas.product(
          Form.NN,
          rows,
          Math.min(strip, n - j),
          k,
          a,
          lda,
          b + 4L * j,
          n,
          1,
          c + 4L * j,
          ldc,
          scratch);
    }
  }
}
