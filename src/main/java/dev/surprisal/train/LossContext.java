package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import dev.surprisal.loss.LogitsLoss;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.Network;

/**
 * What a loss is made for.
 *
 * @param network whose loss it is
 * @param batch B
 * @param window T
 * @param teacher another model of the same vocabulary, or null
 */
record LossContext(Network network, int batch, int window, LanguageModel teacher) {
  Device device() {
    return network.device();
  }

  int tokens() {
    return batch * window;
  }

  int classes() {
    return network.vocabularySize();
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
