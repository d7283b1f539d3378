package dev.surprisal.nn;

import java.util.List;
import java.util.stream.Collectors;

/** The kind of a network's last layer. */
public sealed interface HeadConfig {
  /** A projection with weights of its own. */
  HeadConfig PROJECTION = new Plain();

  /** A projection whose weight is the embedding's. */
  HeadConfig TIED = new Tied();

  /** A linear layer onto all classes. */
  record Plain() implements HeadConfig {
    @Override
    public String toString() {
      return "a projection";
    }
  }

  /**
   * A linear layer onto all classes whose weight is the embedding's (Press and Wolf 2017):
   * embedding and hidden state have one size.
   */
  record Tied() implements HeadConfig {
    @Override
    public String toString() {
      return "a projection tied to the embedding";
    }
  }

  /**
   * An {@link AdaptiveSoftmax}.
   *
   * @param cutoffs the classes that clusters begin with, 1 or more, increasing; classes below the
   *     first are in the head itself
   * @param divValue what the hidden size is divided by from each cluster to the next, 1 or more
   * @param headBias whether the head has a bias
   */
  record Adaptive(List<Integer> cutoffs, double divValue, boolean headBias) implements HeadConfig {
    /**
     * Checks everything that does not depend on the network's sizes.
     *
     * @param cutoffs the classes that clusters begin with
     * @param divValue what the hidden size is divided by
     * @param headBias whether the head has a bias
     * @throws IllegalArgumentException if cutoffs are missing, below 1 or do not increase, or the
     *     divisor is below 1 or not finite
     */
    public Adaptive {
      cutoffs = List.copyOf(cutoffs);
      boolean increase = !cutoffs.isEmpty() && cutoffs.get(0) >= 1;
      for (int i = 1; i < cutoffs.size(); i++) {
        increase &= cutoffs.get(i) > cutoffs.get(i - 1);
      }
      if (!increase) {
        throw new IllegalArgumentException(
            "an adaptive softmax takes cutoffs of 1 and more that increase, found "
                + (cutoffs.isEmpty() ? "none" : spelling(cutoffs)));
      }
      if (!(divValue >= 1 && divValue < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "an adaptive softmax divides hidden sizes by 1 or more, found " + divValue);
      }
    }

    private static String spelling(List<Integer> cutoffs) {
      return cutoffs.stream().map(String::valueOf).collect(Collectors.joining("+"));
    }

    @Override
    public String toString() {
      return "an adaptive softmax with cutoffs "
          + spelling(cutoffs)
          + ", div "
          + divValue
          + (headBias ? " and a bias" : "");
    }
  }
}
