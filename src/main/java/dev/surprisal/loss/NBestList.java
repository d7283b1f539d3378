package dev.surprisal.loss;

/**
 * The lengths and costs of the hypotheses of one n-best list.
 *
 * @param lengths the number of tokens of each, 1 or more
 * @param costs the cost of each, its number of word errors for example; finite
 */
public record NBestList(int[] lengths, float[] costs) {
  /**
   * Checks a list.
   *
   * @param lengths the number of tokens of each hypothesis, 1 or more
   * @param costs the cost of each; finite
   * @throws IllegalArgumentException if the list has fewer than two hypotheses, or one lacks tokens
   *     or a finite cost
   */
  public NBestList {
    if (lengths.length != costs.length) {
      throw new IllegalArgumentException(
          "an n-best list has a cost for each hypothesis, found "
              + costs.length
              + " for "
              + lengths.length);
    }
    if (lengths.length < 2) {
      throw new IllegalArgumentException(
          "an n-best list has 2 hypotheses or more, found "
              + lengths.length
              + ": one alone leaves no choice");
    }
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < 1) {
        throw new IllegalArgumentException(
            "a hypothesis has 1 token or more, found " + lengths[i] + " in hypothesis " + i);
      }
      if (!Float.isFinite(costs[i])) {
        throw new IllegalArgumentException(
            "the cost of a hypothesis is finite, found " + costs[i] + " for hypothesis " + i);
      }
    }
  }

  /**
   * Returns the number of hypotheses.
   *
   * @return 2 or more
   */
  public int size() {
    return lengths.length;
  }
}
