package dev.surprisal.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A 3-gram model, to compare with: it predicts a token from the two before it, with interpolated
 * Witten–Bell smoothing (Witten and Bell 1991; Chen and Goodman 1999, equation 14).
 *
 * <p>p(c | h) = (n(h c) + t(h) · p(c | h′)) / (n(h) + t(h)), where n counts, t(h) is the number of
 * different tokens seen after h, h′ is h without its first token, and the recursion ends at the
 * uniform distribution.
 */
final class TrigramModel {
  private static final int LONGEST_HISTORY = 2;

  private final int vocabularySize;
  private final List<Map<Long, Successors>> byHistory = new ArrayList<>();

  /** Counts the n-grams of a text of token ids below {@code vocabularySize}. */
  TrigramModel(int[] text, int vocabularySize) {
    this.vocabularySize = vocabularySize;
    for (int length = 0; length <= LONGEST_HISTORY; length++) {
      Map<Long, Successors> histories = new HashMap<>();
      for (int at = length; at < text.length; at++) {
        histories.computeIfAbsent(history(text, at, length), key -> new Successors()).add(text[at]);
      }
      byHistory.add(histories);
    }
  }

  /** Computes the probability of {@code text[at]} after up to two tokens before it. */
  double probability(int[] text, int at) {
    double probability = 1.0 / vocabularySize;
    for (int length = 0; length <= Math.min(LONGEST_HISTORY, at); length++) {
      Successors seen = byHistory.get(length).get(history(text, at, length));
      if (seen != null) {
        probability = seen.probability(text[at], probability);
      }
    }
    return probability;
  }

  /** Computes the mean surprisal of every token but the first, in nats. */
  double loss(int[] text) {
    double sum = 0;
    for (int at = 1; at < text.length; at++) {
      sum -= Math.log(probability(text, at));
    }
    return sum / (text.length - 1);
  }

  private long history(int[] text, int at, int length) {
    long key = 0;
    for (int i = at - length; i < at; i++) {
      key = key * vocabularySize + text[i];
    }
    return key;
  }

  /** The counts of the tokens after one history. */
  private static final class Successors {
    private final Map<Integer, Integer> counts = new HashMap<>();
    private int total;

    void add(int token) {
      counts.merge(token, 1, Integer::sum);
      total++;
    }

    double probability(int token, double shorter) {
      int different = counts.size();
      return (counts.getOrDefault(token, 0) + different * shorter) / (total + different);
    }
  }
}
