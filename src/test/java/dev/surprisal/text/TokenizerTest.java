package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer that only this test has: what a corpus and a vocabulary ask of one is enough. */
class TokenizerTest {
  private static final Tokenizer BYTES = new Bytes();

  @TempDir Path folder;

  @Test
  void a_corpus_takes_a_tokenizer_with_a_fixed_vocabulary() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "aé😀\n");
    try (Corpus corpus =
        Corpus.read(List.of(text), Optional.empty(), new Split(0.5, 0.5, 0), BYTES, 1, folder)) {
      assertEquals(256, corpus.vocabulary().size());
      assertArrayEquals(new int[] {'a', 0xC3, 0xA9, 0xF0}, TokensTest.read(corpus.train(), 0, 4));
      assertArrayEquals(new int[] {0x9F, 0x98, 0x80, '\n'}, TokensTest.read(corpus.valid(), 0, 4));
    }
  }

  @Test
  void a_file_has_its_number_of_characters_whatever_the_tokens_are() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "aé😀\n");
    try (EncodedText encoded = Corpus.encode(text, BYTES.counts(1).vocabulary())) {
      assertEquals(8, encoded.tokens().size());
      assertEquals(4, encoded.characters());
    }
  }

  @Test
  void a_string_may_have_more_tokens_than_characters() {
    Vocabulary vocabulary = BYTES.counts(1).vocabulary();
    int[] ids = vocabulary.encode("😀😀");
    assertEquals(8, ids.length);
    assertEquals("😀😀", vocabulary.decode(ids));
    assertEquals('\n', vocabulary.boundary().getAsInt());
    assertEquals(Optional.empty(), vocabulary.unknown().stream().boxed().findFirst());
  }

  @Test
  void a_tokenizer_checks_the_vocabulary_of_a_file() {
    Vocabulary vocabulary = BYTES.counts(1).vocabulary();
    assertEquals(vocabulary, Vocabulary.fromMap(BYTES, vocabulary.toMap()));
    assertNotEquals(vocabulary, new Vocabulary(Tokenizers.CHARACTERS, Bytes.TOKENS));
    var characters = new Vocabulary(Tokenizers.CHARACTERS, List.of("a")).toMap();
    var e =
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.fromMap(BYTES, characters));
    assertEquals("expected the 256 bytes", e.getMessage());
  }

  /** Every byte of the text in UTF-8 is a token. */
  private static final class Bytes extends Tokenizer {
    private static final List<String> TOKENS =
        IntStream.range(0, 256).mapToObj(Character::toString).toList();

    Bytes() {
      super("byte", "<unk>", "\n");
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
      return new TokenCounts(this, minCount) {
        @Override
        TokenStream count(CodePoints file) {
          return new ByteStream(file);
        }

        @Override
        List<String> tokens() {
          return TOKENS;
        }
      };
    }

    @Override
    void check(List<String> tokens) {
      if (!tokens.equals(TOKENS)) {
        throw new IllegalArgumentException("expected the 256 bytes");
      }
    }

    @Override
    Codec codec(Vocabulary vocabulary) {
      return new Codec() {
        @Override
        public TokenStream encode(CodePoints text, boolean endsLine) {
          return new ByteStream(text);
        }

        @Override
        public String decode(int[] ids) {
          byte[] bytes = new byte[ids.length];
          for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) ids[i];
          }
          return new String(bytes, StandardCharsets.UTF_8);
        }
      };
    }
  }

  private static final class ByteStream implements TokenStream {
    private final CodePoints text;
    private byte[] bytes = {};
    private int at;
    private long characters;

    ByteStream(CodePoints text) {
      this.text = text;
    }

    @Override
    public int read(int[] numbers, int limit) throws IOException {
      int count = 0;
      while (count < limit && (at < bytes.length || nextCharacter())) {
        numbers[count++] = bytes[at++] & 0xFF;
      }
      return count;
    }

    private boolean nextCharacter() throws IOException {
      int codePoint = text.next();
      if (codePoint == CodePoints.END) {
        return false;
      }
      bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
      at = 0;
      characters++;
      return true;
    }

    @Override
    public long characters() {
      return characters;
    }
  }
}
