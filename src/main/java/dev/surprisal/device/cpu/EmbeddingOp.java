package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/** Rows of the embedding matrix by token. */
final class EmbeddingOp implements CpuTask {
  private static final int TOKENS = 256;

  private final Workers workers;
  private final Floats weight = new Floats();
  private final Floats output = new Floats();
  private final Halves halfWeight = new Halves();
  private final Halves halfOutput = new Halves();
  private int[] ids = new int[0];
  private int count;
  private int width;

  EmbeddingOp(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor newWeight, Tensor tokens, Tensor newOutput) {
    count = Math.toIntExact(tokens.elements());
    ids = readTokens("embedding", tokens, ids, newWeight.shape().size(0));
    width = Math.toIntExact(newWeight.shape().size(1));
    weight.set(newWeight);
    output.set(newOutput);
    halfWeight.set(newWeight);
    halfOutput.set(newOutput);
    workers.run(this, (count + TOKENS - 1) / TOKENS);
  }

  /** The tokens on the heap, every one of them checked; in {@code into} if it is long enough. */
  static int[] readTokens(String operation, Tensor tokens, int[] into, long vocabulary) {
    int count = Math.toIntExact(tokens.elements());
    int[] ids = into.length < count ? new int[count] : into;
    tokens.storage().read(tokens.offset(), ids, 0, count);
    for (int i = 0; i < count; i++) {
      if (ids[i] < 0 || ids[i] >= vocabulary) {
        throw ValueErrors.outsideVocabulary(operation, i, ids[i], vocabulary);
      }
    }
    return ids;
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int end = Math.min(count, (chunk + 1) * TOKENS);
    if (halfWeight.present()) {
      short[] row = scratch.halves(width);
      for (int n = chunk * TOKENS; n < end; n++) {
        halfWeight.read(ids[n] * (long) width, row, 0, width);
        halfOutput.write(n * (long) width, row, 0, width);
      }
    } else {
      float[] row = scratch.block(0, width);
      for (int n = chunk * TOKENS; n < end; n++) {
        weight.read(ids[n] * (long) width, row, 0, width);
        output.write(n * (long) width, row, 0, width);
      }
    }
  }
}
