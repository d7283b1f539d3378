package dev.surprisal.loss;

/**
 * The hypotheses of one n-best list, as a loss sees them.
 *
 * @param lengths how many tokens each has, 1 or more
 * @param costs what choosing each costs, its number of word errors for example; finite
 */
public record NBestList(int[] lengths, float[] costs) {
  /**
   * Checks a list.
   *
   * @param lengths how many tokens each hypothesis has, 1 or more
   * @param costs what choosing each costs; finite
   * @throws IllegalArgumentException if there are fewer than two hypotheses, or one has no token or
   *     no finite cost
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
              + ": there is nothing to choose from");
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
   * The number of hypotheses.
   *
   * @return 2 or more
   */
  public int size() {
    return lengths.length;
  }
}
