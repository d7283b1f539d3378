package dev.surprisal.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Checks a vocabulary that comes as a map, from a file that anybody may have written. */
final class VocabularyMap {
  private VocabularyMap() {}

  /** The tokens by id; refuses ids that are not 0 … V−1 and tokens that do not fit the level. */
  static List<String> tokens(Level level, Map<String, Integer> ids) {
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("the vocabulary is empty: expected at least one token");
    }
    String[] tokens = new String[ids.size()];
    ids.forEach(
        (token, id) -> {
          checkToken(level, token);
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
    if (level == Level.WORD) {
      for (String special : Vocabulary.WORD_SPECIALS) {
        if (!ids.containsKey(special)) {
          throw new IllegalArgumentException(
              "the vocabulary has no " + special + ", which the word level needs");
        }
      }
    }
    return Arrays.asList(tokens);
  }

  private static void checkToken(Level level, String token) {
    if (level == Level.CHARACTER) {
      if (!token.equals(Vocabulary.UNKNOWN) && token.codePointCount(0, token.length()) != 1) {
        throw new IllegalArgumentException(
            "token "
                + Printable.of(token)
                + " is not one character, which the character level needs: is this a vocabulary of"
                + " words?");
      }
    } else if (token.isEmpty() || token.codePoints().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException(
          "token "
              + Printable.of(token)
              + " is no word: it is empty or has whitespace; is this a vocabulary of characters?");
    }
    if (token.codePoints().anyMatch(VocabularyMap::isSurrogate)) {
      throw new IllegalArgumentException(
          "token " + Printable.of(token) + " has an unpaired surrogate, which no UTF-8 text has");
    }
  }

  private static boolean isSurrogate(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }
}
