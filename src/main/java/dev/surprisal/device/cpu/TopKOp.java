package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;
import java.util.Arrays;

/**
 * The most probable classes of each row: first the sums of all rows, which finds a row without a
 * softmax before anything is written, then the classes, by a heap in one pass over the row.
 */
final class TopKOp implements CpuTask {
  /** The approximate number of elements of a chunk of rows. */
  private static final int CHUNK = 1 << 14;

  private final Workers workers;
  private final Floats logits = new Floats();
  private final Floats logProbabilities = new Floats();
  private Tensor ids;
  private float[] largest = new float[0];
  private double[] logRest = new double[0];
  private boolean selecting;
  private int rows;
  private int classes;
  private int k;
  private int chunkRows;

  TopKOp(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor newLogits, Tensor newIds, Tensor newLogProbabilities) {
    rows = Math.toIntExact(newLogits.shape().size(0));
    classes = Math.toIntExact(newLogits.shape().size(1));
    k = Math.toIntExact(newLogProbabilities.shape().size(1));
    chunkRows = Math.max(1, CHUNK / classes);
    logits.set(newLogits);
    logProbabilities.set(newLogProbabilities);
    ids = newIds;
    if (largest.length < rows) {
      largest = new float[rows];
      logRest = new double[rows];
    }
    int chunks = (int) ((rows + (long) chunkRows - 1) / chunkRows);
    selecting = false;
    workers.run(this, chunks);
    for (int row = 0; row < rows; row++) {
      if (!Float.isFinite(largest[row])) {
        throw ValueErrors.noLargestLogit(row, largest[row]);
      }
    }
    selecting = true;
    workers.run(this, chunks);
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    float[] z = scratch.block(0, classes);
    int first = chunk * chunkRows;
    int end = (int) Math.min(rows, (long) first + chunkRows);
    for (int row = first; row < end; row++) {
      logits.read(row * (long) classes, z, 0, classes);
      if (selecting) {
        select(row, z, scratch);
      } else {
        sum(row, z, scratch);
      }
    }
  }

  /** Sums the other terms apart from the largest: for an almost certain class they are tiny. */
  private void sum(int row, float[] z, Scratch scratch) {
    VectorMath.range(z, 0, classes, scratch);
    float top = scratch.largest;
    largest[row] = top;
    int at = 0;
    while (at < classes && z[at] != top) {
      at++;
    }
    VectorMath.subtract(z, 0, classes, top);
    VectorMath.clamp(z, 0, classes, VectorMath.EXP_DOMAIN);
    if (at < classes) {
      z[at] = -VectorMath.EXP_DOMAIN;
    }
    VectorMath.exp(z, classes, scratch);
    double rest = VectorMath.sum(z, 0, classes);
    if (Double.isNaN(rest)) {
      // NaN comes from a NaN in the row or from ∞ − ∞.
      logits.read(row * (long) classes, z, 0, classes);
      for (int v = 0; v < classes; v++) {
        largest[row] = Float.isNaN(z[v]) ? Float.NaN : largest[row];
      }
    }
    logRest[row] = Math.log1p(rest);
  }

  private void select(int row, float[] z, Scratch scratch) {
    long[] heap = scratch.keys(k);
    for (int v = 0; v < k; v++) {
      heap[v] = Ranks.of(z[v], v);
    }
    for (int i = k / 2 - 1; i >= 0; i--) {
      sink(heap, i);
    }
    float least = z[Ranks.index(heap[0])];
    for (int v = k; v < classes; v++) {
      // Among equal logits the lower class came first.
      if (z[v] > least) {
        heap[0] = Ranks.of(z[v], v);
        sink(heap, 0);
        least = z[Ranks.index(heap[0])];
      }
    }
    Arrays.sort(heap, 0, k);
    int[] chosen = scratch.tokens(k);
    float[] logs = scratch.block(1, k);
    for (int i = 0; i < k; i++) {
      chosen[i] = Ranks.index(heap[i]);
      logs[i] = (float) ((double) (z[chosen[i]] - largest[row]) - logRest[row]);
    }
    ids.storage().write(ids.offset() + 4 * row * (long) k, chosen, 0, k);
    logProbabilities.write(row * (long) k, logs, 0, k);
  }

  /** Moves the highest rank, which the next better class replaces, to the front. */
  private void sink(long[] heap, int from) {
    long rank = heap[from];
    int at = from;
    for (int child = 2 * at + 1; child < k; child = 2 * at + 1) {
      if (child + 1 < k && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[child] <= rank) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = rank;
  }
}
