package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;
import dev.surprisal.device.cpu.Blas.Form;

/**
 * A dense product C[M, N] = A·B, in tiles over all threads. It can add a bias to every row, and sum
 * the rows of a transposed A while its tile is in the cache.
 *
 * <p>Operands are FLOAT32; B, and an A that is not transposed, may be BFLOAT16. A thread widens
 * such an operand in parts of {@link #DEPTH} terms of its tile.
 */
final class MatrixProduct implements CpuTask {
  private static final int SUM_ROWS = 64;

  /** Large enough that reading and writing C once per part costs little. */
  private static final int DEPTH = 256;

  private final Workers workers;
  private final Tiling tiling = new Tiling();
  private final Floats a = new Floats();
  private final Floats b = new Floats();
  private final Floats c = new Floats();
  private final Floats bias = new Floats();
  private final Floats sums = new Floats();
  private final Halves halfA = new Halves();
  private final Halves halfB = new Halves();
  private Form form;
  private int rows;
  private int columns;
  private int terms;
  private float beta;

  MatrixProduct(Workers workers) {
    this.workers = workers;
  }

  /** Computes C[m, n] = A[m, k]·B[n, k]ᵀ + bias. */
  void transposedB(Tensor newA, Tensor newB, Tensor newBias, Tensor newC, long m, long n, long k) {
    run(Form.NT, newA, newB, newBias, null, newC, m, n, k, false);
  }

  /** Computes C[m, n] = A[m, k]·B[k, n]. */
  void plain(Tensor newA, Tensor newB, Tensor newC, long m, long n, long k) {
    run(Form.NN, newA, newB, null, null, newC, m, n, k, false);
  }

  /** Computes C[m, n] = A[k, m]ᵀ·B[k, n] and sums[m] = Σ_k A[k, m], or adds them. */
  void transposedA(
      Tensor newA,
      Tensor newB,
      Tensor newSums,
      Tensor newC,
      long m,
      long n,
      long k,
      boolean accumulate) {
    run(Form.TN, newA, newB, null, newSums, newC, m, n, k, accumulate);
  }

  private void run(
      Form newForm,
      Tensor newA,
      Tensor newB,
      Tensor newBias,
      Tensor newSums,
      Tensor newC,
      long m,
      long n,
      long k,
      boolean accumulate) {
    if (m == 0 || n == 0) {
      return;
    }
    form = newForm;
    a.set(newA);
    b.set(newB);
    halfA.set(newA);
    halfB.set(newB);
    bias.set(newBias);
    sums.set(newSums);
    c.set(newC);
    rows = Math.toIntExact(m);
    columns = Math.toIntExact(n);
    terms = Math.toIntExact(k);
    beta = accumulate ? 1 : 0;
    workers.run(this, tiling.cut(rows, columns, terms));
  }

  @Override
  public void run(int tile, Scratch scratch) {
    int firstRow = tiling.firstRow(tile);
    int firstColumn = tiling.firstColumn(tile);
    int m = tiling.rows(tile);
    int n = tiling.columns(tile);
    if (bias.present()) {
      fillWithBias(firstRow, m, firstColumn, n, scratch);
    }
    int depth = halfA.present() || halfB.present() ? DEPTH : terms;
    int k = 0;
    do {
      multiply(firstRow, m, firstColumn, n, k, Math.min(depth, terms - k), scratch);
      k += depth;
    } while (k < terms);
    if (sums.present() && firstColumn == 0) {
      sumColumnsOfA(firstRow, m, scratch);
    }
  }

  /** Adds terms from {@code k} on to a tile; the first part also sets the start of C. */
  private void multiply(
      int firstRow, int m, int firstColumn, int n, int k, int count, Scratch scratch) {
    boolean transposedA = form == Form.TN;
    boolean transposedB = form == Form.NT;
    long startA = transposedA ? k * (long) rows + firstRow : firstRow * (long) terms + k;
    long startB = transposedB ? firstColumn * (long) terms + k : k * (long) columns + firstColumn;
    long fromA;
    int pitchA;
    if (halfA.present()) {
      fromA = scratch.panelA.widen(halfA, startA, m, count, terms, scratch);
      pitchA = Math.max(1, count);
    } else {
      fromA = a.address(startA);
      pitchA = transposedA ? rows : terms;
    }
    long fromB;
    int pitchB;
    if (halfB.present() && transposedB) {
      fromB = scratch.panelB.widen(halfB, startB, n, count, terms, scratch);
      pitchB = Math.max(1, count);
    } else if (halfB.present()) {
      fromB = scratch.panelB.widen(halfB, startB, count, n, columns, scratch);
      pitchB = n;
    } else {
      fromB = b.address(startB);
      pitchB = transposedB ? terms : columns;
    }
    Blas.product(
        form,
        m,
        n,
        count,
        fromA,
        pitchA,
        fromB,
        pitchB,
        k > 0 || bias.present() ? 1 : beta,
        c.address(firstRow * (long) columns + firstColumn),
        columns,
        scratch);
  }

  private void fillWithBias(int firstRow, int m, int firstColumn, int n, Scratch scratch) {
    float[] row = scratch.block(0, n);
    bias.read(firstColumn, row, 0, n);
    for (long i = firstRow; i < firstRow + m; i++) {
      c.write(i * columns + firstColumn, row, 0, n);
    }
  }

  /** Sums in two levels, so that the error grows with the square root of the number of terms. */
  private void sumColumnsOfA(int first, int count, Scratch scratch) {
    float[] row = scratch.block(0, count);
    float[] part = scratch.block(1, count);
    float[] total = scratch.block(2, count);
    if (beta == 0) {
      java.util.Arrays.fill(total, 0, count, 0);
    } else {
      sums.read(first, total, 0, count);
    }
    for (int k = 0; k < terms; k += SUM_ROWS) {
      java.util.Arrays.fill(part, 0, count, 0);
      for (int i = k; i < Math.min(k + SUM_ROWS, terms); i++) {
        a.read(i * (long) rows + first, row, 0, count);
        VectorMath.add(part, row, 0, count);
      }
      VectorMath.add(total, part, 0, count);
    }
    sums.write(first, total, 0, count);
  }
}
