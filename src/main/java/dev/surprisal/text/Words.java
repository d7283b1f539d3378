package dev.surprisal.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * A token is a word or the end of a line, as {@link WordReader} cuts them. The vocabulary is {@code
 * <unk>} and {@code <eos>}, and then the words by falling count, equal counts by code points. It
 * comes from the training part, so that a held-out word that training never saw is {@code <unk>},
 * as any unseen word will be.
 */
final class Words extends Tokenizer {
  /** The tokens that every vocabulary of words has. */
  private static final List<String> SPECIALS = List.of("<unk>", WordReader.LINE_END);

  // UTF-8 bytes order as code points do; String.compareTo does not.
  private static final Comparator<String> BY_CODE_POINTS =
      Comparator.comparing(word -> word.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  Words() {
    super("word", SPECIALS.get(0), SPECIALS.get(1));
  }

  @Override
  public String join(String text, String continuation) {
    boolean separated =
        text.isEmpty()
            || Character.isWhitespace(text.codePointBefore(text.length()))
            || continuation.startsWith("\n");
    return text + (separated ? "" : " ") + continuation;
  }

  @Override
  boolean countsHeldOutText() {
    return false;
  }

  @Override
  TokenCounts counts(int minCount) {
    return new Counts(this, minCount);
  }

  @Override
  void check(List<String> tokens) {
    for (String token : tokens) {
      if (token.isEmpty() || token.codePoints().anyMatch(Character::isWhitespace)) {
        throw new IllegalArgumentException(
            "token "
                + Printable.of(token)
                + " is not a word: it is empty or has whitespace; is this a vocabulary of"
                + " characters?");
      }
    }
    for (String special : SPECIALS) {
      if (!tokens.contains(special)) {
        throw new IllegalArgumentException(
            "the vocabulary has no " + special + ", which the word level needs");
      }
    }
  }

  @Override
  Codec codec(Vocabulary vocabulary) {
    return new WordCodec(vocabulary);
  }

  private static final class Counts extends TokenCounts {
    // The count is an array of one, so that counting creates no objects.
    private final Map<String, long[]> counts = new HashMap<>();

    Counts(Tokenizer tokenizer, int minCount) {
      super(tokenizer, minCount);
    }

    @Override
    TokenStream count(CodePoints file) {
      return new WordStream(new WordReader(file, true), this::add);
    }

    private int add(String word) {
      long[] count = counts.get(word);
      if (count == null) {
        count = new long[1];
        counts.put(word, count);
      }
      count[0]++;
      return 0;
    }

    @Override
    List<String> tokens() {
      List<String> tokens = new ArrayList<>(SPECIALS);
      counts.entrySet().stream()
          .filter(e -> e.getValue()[0] >= minCount() && !SPECIALS.contains(e.getKey()))
          .sorted(
              Comparator.<Map.Entry<String, long[]>>comparingLong(e -> -e.getValue()[0])
                  .thenComparing(Map.Entry::getKey, BY_CODE_POINTS))
          .map(Map.Entry::getKey)
          .forEach(tokens::add);
      return tokens;
    }
  }

  private record WordCodec(Vocabulary vocabulary) implements Codec {
    @Override
    public TokenStream encode(CodePoints text, boolean endsLine) {
      int unknown = vocabulary.unknown().getAsInt();
      return new WordStream(new WordReader(text, endsLine), word -> vocabulary.idOr(word, unknown));
    }

    @Override
    public String decode(int[] ids) {
      int lineEnd = vocabulary.boundary().getAsInt();
      StringBuilder text = new StringBuilder();
      boolean lineStart = true;
      for (int id : ids) {
        String token = vocabulary.token(id);
        if (id == lineEnd) {
          text.append('\n');
        } else {
          text.append(lineStart ? "" : " ").append(token);
        }
        lineStart = id == lineEnd;
      }
      return text.toString();
    }
  }

  /** The words of a text, each with a number. */
  private record WordStream(WordReader words, ToIntFunction<String> number) implements TokenStream {
    @Override
    public int read(int[] numbers, int limit) throws IOException {
      int count = 0;
      String word = null;
      while (count < limit && (word = words.next()) != null) {
        numbers[count++] = number.applyAsInt(word);
      }
      return count;
    }

    @Override
    public long characters() {
      return words.characters();
    }
  }
}
