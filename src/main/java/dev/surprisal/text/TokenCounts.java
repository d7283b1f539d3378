package dev.surprisal.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each token occurs: what a vocabulary is built from. */
final class TokenCounts {
  // UTF-8 bytes order as code points do; String.compareTo does not.
  private static final Comparator<String> BY_CODE_POINTS =
      Comparator.comparing(word -> word.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final Level level;
  private final int minCount;
  private final long[] characters;
  // The count is an array of one, so that counting creates no objects.
  private final Map<String, long[]> words = new HashMap<>();

  /**
   * Begins counting.
   *
   * @param minCount how often a token must occur to be in the vocabulary
   */
  TokenCounts(Level level, int minCount) {
    if (minCount < 1) {
      throw new IllegalArgumentException("minimum count " + minCount + ": expected at least 1");
    }
    this.level = level;
    this.minCount = minCount;
    this.characters = new long[level == Level.CHARACTER ? Character.MAX_CODE_POINT + 1 : 0];
  }

  /** Counts tokens, at most {@code limit} of them, and returns how many there were. */
  long add(TokenReader text, long limit) throws IOException {
    long count = 0;
    while (count < limit && text.next()) {
      if (level == Level.CHARACTER) {
        characters[text.codePoint()]++;
      } else {
        add(text.word());
      }
      count++;
    }
    return count;
  }

  private void add(String word) {
    long[] count = words.get(word);
    if (count == null) {
      count = new long[1];
      words.put(word, count);
    }
    count[0]++;
  }

  /** The vocabulary of the tokens that occur often enough. */
  Vocabulary vocabulary() {
    List<String> tokens = new ArrayList<>();
    if (level == Level.CHARACTER) {
      if (minCount > 1) {
        tokens.add(Vocabulary.UNKNOWN);
      }
      for (int c = 0; c < characters.length; c++) {
        if (characters[c] >= minCount) {
          tokens.add(Character.toString(c));
        }
      }
    } else {
      tokens.addAll(Vocabulary.WORD_SPECIALS);
      words.entrySet().stream()
          .filter(
              e -> e.getValue()[0] >= minCount && !Vocabulary.WORD_SPECIALS.contains(e.getKey()))
          .sorted(
              Comparator.<Map.Entry<String, long[]>>comparingLong(e -> -e.getValue()[0])
                  .thenComparing(Map.Entry::getKey, BY_CODE_POINTS))
          .map(Map.Entry::getKey)
          .forEach(tokens::add);
    }
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("the text has no characters: expected at least one");
    }
    return new Vocabulary(level, tokens);
  }
}
