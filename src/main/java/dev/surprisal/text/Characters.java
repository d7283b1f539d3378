package dev.surprisal.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A token is one Unicode code point. The vocabulary is in the order of the code points, after
 * {@code <unk>} if there is a minimum count above 1. It comes from the whole text, since which
 * characters occur says nothing about the held-out part.
 */
final class Characters extends Tokenizer {
  private static final int NONE = -1;

  Characters() {
    super("char", "<unk>", "\n");
  }

  @Override
  public String join(String text, String continuation) {
    return text + continuation;
  }

  @Override
  boolean countsHeldOutText() {
    return true;
  }

  @Override
  TokenCounts counts(int minCount) {
    return new Counts(this, minCount);
  }

  @Override
  void check(List<String> tokens) {
    for (String token : tokens) {
      if (!token.equals(unknown()) && token.codePointCount(0, token.length()) != 1) {
        throw new IllegalArgumentException(
            "token "
                + Printable.of(token)
                + " is not one character, which the character level needs: is this a vocabulary of"
                + " words?");
      }
    }
  }

  @Override
  Codec codec(Vocabulary vocabulary) {
    return new CharacterCodec(vocabulary);
  }

  private static final class Counts extends TokenCounts {
    private final String unknown;
    private final long[] counts = new long[Character.MAX_CODE_POINT + 1];

    Counts(Tokenizer tokenizer, int minCount) {
      super(tokenizer, minCount);
      unknown = tokenizer.unknown();
    }

    @Override
    TokenStream count(CodePoints file) {
      return new CharacterStream() {
        @Override
        public int read(int[] numbers, int limit) throws IOException {
          int count = 0;
          for (int c = 0; count < limit && (c = file.next()) != CodePoints.END; count++) {
            counts[c]++;
          }
          return counted(count);
        }
      };
    }

    @Override
    List<String> tokens() {
      List<String> tokens = new ArrayList<>();
      if (minCount() > 1) {
        tokens.add(unknown);
      }
      for (int c = 0; c < counts.length; c++) {
        if (counts[c] >= minCount()) {
          tokens.add(Character.toString(c));
        }
      }
      return tokens;
    }
  }

  private static final class CharacterCodec implements Codec {
    private final Vocabulary vocabulary;
    // As long as the largest code point needs.
    private final int[] idByCodePoint;
    private final int unknown;

    CharacterCodec(Vocabulary vocabulary) {
      this.vocabulary = vocabulary;
      unknown = vocabulary.unknown().orElse(NONE);
      int largest = -1;
      for (int id = 0; id < vocabulary.size(); id++) {
        largest = id == unknown ? largest : Math.max(largest, vocabulary.token(id).codePointAt(0));
      }
      idByCodePoint = new int[largest + 1];
      Arrays.fill(idByCodePoint, unknown);
      for (int id = 0; id < vocabulary.size(); id++) {
        if (id != unknown) {
          idByCodePoint[vocabulary.token(id).codePointAt(0)] = id;
        }
      }
    }

    @Override
    public TokenStream encode(CodePoints text, boolean endsLine) {
      return new CharacterStream() {
        @Override
        public int read(int[] numbers, int limit) throws IOException {
          int count = 0;
          for (int c = 0; count < limit && (c = text.next()) != CodePoints.END; count++) {
            numbers[count] = id(c, text);
          }
          return counted(count);
        }
      };
    }

    private int id(int codePoint, CodePoints text) {
      int id = codePoint < idByCodePoint.length ? idByCodePoint[codePoint] : unknown;
      if (id == NONE) {
        throw new UnknownTokenException(
            Character.toString(codePoint), text.where(), vocabulary.size());
      }
      return id;
    }

    @Override
    public String decode(int[] ids) {
      StringBuilder text = new StringBuilder();
      for (int id : ids) {
        text.append(vocabulary.token(id));
      }
      return text.toString();
    }
  }

  /** A stream that has one token for each character. */
  private abstract static class CharacterStream implements TokenStream {
    private long characters;

    final int counted(int count) {
      characters += count;
      return count;
    }

    @Override
    public final long characters() {
      return characters;
    }
  }
}
