package dev.surprisal;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;
import dev.surprisal.loss.Targets;
import dev.surprisal.nn.Network;

/** The surprisal of each token, −log p(token | history) in nats, from a network's hidden states. */
final class Surprisals implements AutoCloseable {
  private final CrossEntropy surprisal;
  private final Projected loss;

  Surprisals(Network network, int tokens) {
    surprisal =
        new CrossEntropy(
            network.device(),
            tokens,
            network.vocabularySize(),
            CrossEntropyOptions.PLAIN,
            LossSettings.NONE);
    loss = new Projected(surprisal, network.projection());
  }

  Targets targets() {
    return surprisal.targets();
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
