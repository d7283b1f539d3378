package dev.surprisal.device;

/**
 * Options of a loss over n-best lists. A sequence's score is its log-probability s.
 *
 * @param kind the loss
 * @param scale of the scores, above 0
 * @param margin of {@link Kind#RANKING}, 0 or more; unused by the other kind
 * @param likelihood λ, 0 or more: the loss of a list also has λ times the surprisal −s of its
 *     cheapest sequence, the first of several (Edunov et al. 2018)
 * @param normalised whether a score is divided by the sequence's length
 */
public record SequenceOptions(
    Kind kind, float scale, float margin, float likelihood, boolean normalised) {
  /** A loss of a list. */
  public enum Kind {
    /** The expected cost Σ_i P_i·cost_i with P = softmax(scale·s) over the list. */
    MINIMUM_RISK,
    /**
     * The mean over pairs of cost_i &lt; cost_j of max(0, margin − scale·(s_i − s_j)); 0 where all
     * cost the same.
     */
    RANKING
  }

  /**
   * Checks the options.
   *
   * @param kind the loss
   * @param scale of the scores, above 0
   * @param margin of {@link Kind#RANKING}, 0 or more
   * @param likelihood weight of the cheapest sequence's surprisal, 0 or more
   * @param normalised whether a score is divided by the sequence's length
   * @throws IllegalArgumentException if one is outside its range
   */
  public SequenceOptions {
    if (!(scale > 0 && Float.isFinite(scale))) {
      throw new IllegalArgumentException("a scale of scores is above 0, found " + scale);
    }
    if (!(margin >= 0 && Float.isFinite(margin))) {
      throw new IllegalArgumentException("a margin is 0 or more, found " + margin);
    }
    if (!(likelihood >= 0 && Float.isFinite(likelihood))) {
      throw new IllegalArgumentException(
          "the weight of a likelihood is 0 or more, found " + likelihood);
    }
  }
}
