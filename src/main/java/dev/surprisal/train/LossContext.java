package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import dev.surprisal.loss.LogitsLoss;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.Network;
import dev.surprisal.text.Tokens;
import java.util.Arrays;

/**
 * What a loss is made for.
 *
 * @param network whose loss it is
 * @param batch B
 * @param window T
 * @param teacher another model of the same vocabulary, or null
 * @param text whose tokens are counted if a loss wants to know how frequent they are
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

  /** How often each class occurs in the text, and once more, so that none has no chance. */
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

  /** The model to learn from, or a refusal if there is none that can be learnt from. */
  LanguageModel teacherOf(LossKind kind) {
    if (teacher == null) {
      throw new IllegalArgumentException(
          "the loss " + kind.name() + " learns from another model: give a teacher");
    }
    return teacher;
  }

  /** Fuses a loss with the network's projection; 0 for chunks of the standard size. */
  Projected project(LogitsLoss loss, int chunkRows) {
    return chunkRows == 0
        ? new Projected(loss, network.projection())
        : new Projected(loss, network.projection(), chunkRows);
  }
}
