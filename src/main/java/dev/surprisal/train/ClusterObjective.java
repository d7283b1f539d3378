package dev.surprisal.train;

import dev.surprisal.loss.AdaptiveLoss;

/** An adaptive softmax, whose clusters have other rows at every step. */
final class ClusterObjective extends TokenObjective {
  ClusterObjective(AdaptiveLoss loss) {
    super(loss, loss::write);
  }

  @Override
  public boolean repeats() {
    return false;
  }
}
