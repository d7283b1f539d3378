package dev.surprisal.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Checks the map of a vocabulary, which comes from an untrusted file. */
final class VocabularyMap {
  private VocabularyMap() {}

  /**
   * Returns the tokens by id.
   *
   * @throws IllegalArgumentException if the ids are not 0 … V−1, each once, or a token is not
   *     Unicode
   */
  static List<String> tokens(Map<String, Integer> ids) {
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("the vocabulary is empty: expected at least one token");
    }
    String[] tokens = new String[ids.size()];
    ids.forEach(
        (token, id) -> {
          checkToken(token);
          if (id == null || id < 0 || id >= tokens.length) {
            throw new IllegalArgumentException(
                "token "
                    + Printable.of(token)
                    + " has id "
                    + id
                    + ": expected the ids 0 to "
                    + (tokens.length - 1)
                    + ", each once");
          }
          if (tokens[id] != null) {
            throw new IllegalArgumentException(
                "the tokens "
                    + Printable.of(tokens[id])
                    + " and "
                    + Printable.of(token)
                    + " both have id "
                    + id
                    + ": expected each id once");
          }
          tokens[id] = token;
        });
    return Arrays.asList(tokens);
  }

  private static void checkToken(String token) {
    if (token.codePoints().anyMatch(VocabularyMap::isSurrogate)) {
      throw new IllegalArgumentException(
          "token " + Printable.of(token) + " has an unpaired surrogate, which no UTF-8 text has");
    }
  }

  private static boolean isSurrogate(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }
}
