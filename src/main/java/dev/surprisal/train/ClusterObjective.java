package dev.surprisal.train;

import dev.surprisal.loss.AdaptiveLoss;

/** The loss of an adaptive softmax, whose clusters have different rows at every step. */
final class ClusterObjective extends TokenObjective {
  ClusterObjective(AdaptiveLoss loss) {
    super(loss, loss::write);
  }

  @Override
  public boolean repeats() {
    return false;
  }
}
