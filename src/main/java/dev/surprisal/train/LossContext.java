package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import dev.surprisal.loss.LogitsLoss;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.Network;
import dev.surprisal.text.Tokens;
import java.util.Arrays;

/**
 * The run that a loss is made for.
 *
 * @param network the network to train
 * @param batch B
 * @param window T
 * @param teacher another model with the same vocabulary, or null
 * @param text the text whose tokens {@link #counts} counts
 */
record LossContext(Network network, int batch, int window, LanguageModel teacher, Tokens text) {
  private static final int BLOCK = 1 << 14;

  Device device() {
    return network.device();
  }

  int tokens() {
    return batch * window;
  }

  int classes() {
    return network.vocabularySize();
  }

  /** Counts each class in the text and adds one, so that every class has a chance. */
  long[] counts() {
    long[] counts = new long[classes()];
    Arrays.fill(counts, 1);
    int[] tokens = new int[BLOCK];
    for (long at = 0; at < text.size(); at += BLOCK) {
      int count = (int) Math.min(BLOCK, text.size() - at);
      text.read(at, tokens, 0, count);
      for (int i = 0; i < count; i++) {
        counts[tokens[i]]++;
      }
    }
    return counts;
  }

  /** Returns the teacher, or throws if there is none. */
  LanguageModel teacherOf(LossKind kind) {
    if (teacher == null) {
      throw new IllegalArgumentException(
          "the loss " + kind.name() + " learns from another model: set a teacher");
    }
    return teacher;
  }

  /** Fuses a loss with the network's projection; 0 rows for chunks of the standard size. */
  Projected project(LogitsLoss loss, int chunkRows) {
    return chunkRows == 0
        ? new Projected(loss, network.projection())
        : new Projected(loss, network.projection(), chunkRows);
  }
}
