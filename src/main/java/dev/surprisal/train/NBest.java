package dev.surprisal.train;

import java.util.List;

/**
 * An n-best list to train on: the hypotheses of a recogniser or translator, and the cost of each.
 *
 * @param hypotheses lines of text
 * @param costs the cost of each, its number of word errors for example; finite
 */
public record NBest(List<String> hypotheses, float[] costs) {
  /**
   * Checks a list.
   *
   * @param hypotheses lines of text, two or more
   * @param costs the cost of each; finite
   * @throws IllegalArgumentException if the list has fewer than two hypotheses, or one lacks a
   *     finite cost
   */
  public NBest {
    hypotheses = List.copyOf(hypotheses);
    if (hypotheses.size() < 2) {
      throw new IllegalArgumentException(
          "an n-best list has 2 hypotheses or more, found "
              + hypotheses.size()
              + ": one alone leaves no choice");
    }
    if (costs.length != hypotheses.size()) {
      throw new IllegalArgumentException(
          "an n-best list has a cost for each hypothesis, found "
              + costs.length
              + " for "
              + hypotheses.size());
    }
    for (int i = 0; i < costs.length; i++) {
      if (!Float.isFinite(costs[i])) {
        throw new IllegalArgumentException(
            "the cost of a hypothesis is finite, found " + costs[i] + " for hypothesis " + i);
      }
    }
  }
}
