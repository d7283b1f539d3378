package dev.surprisal;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.AdaptiveLoss;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.Loss;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;
import dev.surprisal.loss.Reduction;
import dev.surprisal.nn.AdaptiveSoftmax;
import dev.surprisal.nn.Network;
import java.util.function.Consumer;

/** The surprisal of each token, −log p(token | history) in nats, from a network's hidden states. */
final class Surprisals implements AutoCloseable {
  private final Loss loss;
  private final Consumer<int[]> targets;

  Surprisals(Network network, int tokens) {
    if (network.head() instanceof AdaptiveSoftmax softmax) {
      AdaptiveLoss adaptive =
          new AdaptiveLoss(
              softmax, tokens, CrossEntropyOptions.DEFAULT_IGNORE_INDEX, Reduction.NONE);
      loss = adaptive;
      targets = adaptive::write;
    } else {
      CrossEntropy surprisal =
          new CrossEntropy(
              network.device(),
              tokens,
              network.vocabularySize(),
              CrossEntropyOptions.PLAIN,
              LossSettings.NONE);
      loss = new Projected(surprisal, network.projection());
      targets = surprisal.targets()::write;
    }
  }

  /** Writes the tokens that are predicted. */
  void write(int[] tokens) {
    targets.accept(tokens);
  }

  void forward(Tensor hidden) {
    loss.forward(hidden);
  }

  Tensor losses() {
    return loss.losses();
  }

  @Override
  public void close() {
    loss.close();
  }
}
