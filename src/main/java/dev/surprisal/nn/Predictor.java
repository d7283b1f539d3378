package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;

/**
 * Computes the most probable classes of hidden states and their log-probabilities. Logits exist for
 * one chunk of rows at a time.
 */
public final class Predictor implements AutoCloseable {
  private final Head head;
  private final Arena arena;
  private final Tensor logits;
  private final long chunkRows;

  /**
   * Creates a predictor.
   *
   * @param device of the head
   * @param head makes the logits
   * @param chunkRows how many rows of logits exist at a time, 1 or more
   * @throws IllegalArgumentException if it is less
   */
  public Predictor(Device device, Head head, long chunkRows) {
    if (chunkRows < 1) {
      throw new IllegalArgumentException("a chunk has 1 row or more, found " + chunkRows);
    }
    this.head = head;
    this.chunkRows = chunkRows;
    arena = new Arena(device);
    logits = arena.allocate(DType.FLOAT32, chunkRows, head.classes());
  }

  /**
   * Finds the most probable classes of each row, of equal ones the lower first.
   *
   * @param hidden [N, H]
   * @param ids [N, K], INT32, falling by probability; K in [1, V]
   * @param logProbabilities [N, K], log p in nats
   * @throws IllegalArgumentException if a shape does not fit
   */
  public void topK(Tensor hidden, Tensor ids, Tensor logProbabilities) {
    long width = head.width();
    long rows = hidden.elements() / width;
    if (hidden.elements() != rows * width
        || logProbabilities.shape().rank() != 2
        || !ids.shape().equals(logProbabilities.shape())
        || ids.shape().size(0) != rows) {
      throw new IllegalArgumentException(
          "top-k: expected hidden states of "
              + width
              + " and as many rows of ids and log-probabilities, found "
              + hidden.shape()
              + ", "
              + ids.shape()
              + " and "
              + logProbabilities.shape());
    }
    long k = ids.shape().size(1);
    for (long first = 0; first < rows; first += chunkRows) {
      long count = Math.min(chunkRows, rows - first);
      Tensor part = logits.slice(0, count, head.classes());
      head.logits(hidden.slice(first * width, count, width), part);
      arena
          .device()
          .kernels()
          .losses()
          .topK(part, ids.slice(first * k, count, k), logProbabilities.slice(first * k, count, k));
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
