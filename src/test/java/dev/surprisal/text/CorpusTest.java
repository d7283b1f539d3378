package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorpusTest {
  private static final Split ALL = new Split(1, 0, 0);
  private static final Split THIRDS = new Split(0.5, 0.25, 0.25);

  @TempDir Path folder;
  @TempDir Path scratch;

  @Test
  void characters_are_split_in_the_order_of_the_text() throws IOException {
    Path text = file("text", "héllo wörld 😀");
    try (Corpus corpus = read(text, new Split(0.5, 0.2, 0.3), Tokenizers.CHARACTERS, 1)) {
      assertEquals("héllo ", decode(corpus, corpus.train()));
      assertEquals("wör", decode(corpus, corpus.valid()));
      assertEquals("ld 😀", decode(corpus, corpus.test()));
      assertEquals(10, corpus.vocabulary().size());
    }
  }

  @Test
  void the_short_form_holds_out_a_tenth_of_the_characters() throws IOException {
    try (Corpus corpus = Corpus.characters(file("text", "abcdefghijklmnopqrst"))) {
      assertEquals("abcdefghijklmnopqr", decode(corpus, corpus.train()));
      assertEquals("st", decode(corpus, corpus.valid()));
      assertEquals(0, corpus.test().size());
    }
  }

  @Test
  void words_are_split_by_words_and_line_ends() throws IOException {
    Path text = file("text", "a bb\na  ccc dd\r\na e\n");
    try (Corpus corpus = read(text, THIRDS, Tokenizers.WORDS, 1)) {
      assertEquals("a bb\na ccc", decode(corpus, corpus.train()));
      assertEquals("<unk>\n", decode(corpus, corpus.valid()));
      assertEquals("a <unk>\n", decode(corpus, corpus.test()));
    }
  }

  @Test
  void a_vocabulary_of_words_is_that_of_the_training_part() throws IOException {
    Path text = file("text", "a b a b c d");
    Path valid = file("valid", "a e\n");
    try (Corpus corpus =
        Corpus.read(
            List.of(text),
            Optional.of(valid),
            new Split(0.75, 0, 0.25),
            Tokenizers.WORDS,
            1,
            scratch)) {
      assertEquals(
          List.of("<unk>", "<eos>", "a", "b", "c"),
          List.copyOf(corpus.vocabulary().toMap().keySet()));
      assertEquals("a b a b c", decode(corpus, corpus.train()));
      assertEquals("a <unk>\n", decode(corpus, corpus.valid()));
      assertEquals("<unk>\n", decode(corpus, corpus.test()));
    }
  }

  @Test
  void a_vocabulary_of_characters_is_that_of_the_whole_text() throws IOException {
    Path valid = file("valid", "xyz");
    try (Corpus corpus =
        Corpus.read(
            List.of(file("1", "ab"), file("2", "cd")),
            Optional.of(valid),
            new Split(0.5, 0, 0.5),
            Tokenizers.CHARACTERS,
            1,
            scratch)) {
      assertEquals(7, corpus.vocabulary().size());
      assertEquals("ab", decode(corpus, corpus.train()));
      assertEquals("xyz", decode(corpus, corpus.valid()));
      assertEquals("cd", decode(corpus, corpus.test()));
    }
  }

  @Test
  void rare_characters_are_unknown_if_there_is_a_minimum_count() throws IOException {
    try (Corpus corpus = read(file("text", "aabba!"), ALL, Tokenizers.CHARACTERS, 2)) {
      assertEquals("aabba<unk>", decode(corpus, corpus.train()));
      assertEquals(OptionalInt.of(0), corpus.vocabulary().unknown());
    }
  }

  @Test
  void a_text_is_encoded_with_an_existing_vocabulary() throws IOException {
    Vocabulary words = VocabularyTest.build(Tokenizers.WORDS, 1, file("train", "a b\n"));
    try (EncodedText text = Corpus.encode(file("text", "b  c"), words)) {
      assertArrayEquals(
          new int[] {words.id("b").getAsInt(), 0, 1}, TokensTest.read(text.tokens(), 0, 3));
      assertEquals(3, text.tokens().size());
      assertEquals(4, text.characters());
    }
  }

  @Test
  void an_unknown_character_of_a_file_is_refused_with_its_place() throws IOException {
    Vocabulary characters = VocabularyTest.build(Tokenizers.CHARACTERS, 1, file("train", "é\n"));
    Path text = file("text", "é\né~");
    var e = assertThrows(UnknownTokenException.class, () -> Corpus.encode(text, characters));
    assertTrue(
        e.getMessage()
            .startsWith(
                "'~' (U+007E) at byte offset 5 of " + text + " is not in the vocabulary of 2"),
        e.getMessage());
  }

  @Test
  void a_text_in_any_file_system_can_be_read() throws IOException {
    try (var memory = Jimfs.newFileSystem(Configuration.unix())) {
      Path text = Files.writeString(memory.getPath("text"), "abab");
      try (Corpus corpus = read(text, ALL, Tokenizers.CHARACTERS, 1)) {
        assertEquals("abab", decode(corpus, corpus.train()));
      }
    }
  }

  @Test
  void a_text_that_is_too_short_is_refused() throws IOException {
    Path one = file("text", "a");
    assertRefused(one, ALL, "the training part has 1 of 1 tokens, expected at least 2");
    Path mark = file("mark", "\uFEFF");
    assertRefused(mark, ALL, "the training part has 0 of 0 tokens, expected at least 2");
  }

  @Test
  void a_split_that_leaves_too_little_of_a_part_is_refused() throws IOException {
    Path text = file("text", "abcdefghij");
    assertRefused(text, new Split(0.1, 0.9, 0), "the training part has 1 of 10 tokens");
    assertRefused(text, new Split(0.9, 0.1, 0), "the validation part has 1 of 10 tokens");
    assertRefused(text, new Split(0.99, 0.01, 0), "the validation part has 1 of 10 tokens");
    assertRefused(text, new Split(0.8, 0.05, 0.15), "the validation part has 0 of 10 tokens");
    assertRefused(text, new Split(0.6, 0.3, 0.1), "the test part has 1 of 10 tokens");
  }

  @Test
  void a_validation_file_that_is_too_short_is_refused() throws IOException {
    List<Path> text = List.of(file("text", "abc"));
    Optional<Path> valid = Optional.of(file("valid", "a"));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Corpus.read(text, valid, ALL, Tokenizers.CHARACTERS, 1, scratch));
    assertEquals(
        valid.get()
            + " has 1 tokens, expected at least 2 (one to read, one to predict): give a longer"
            + " file",
        e.getMessage());
    assertScratchIsEmpty();
  }

  @Test
  void a_validation_file_beside_a_validation_part_is_refused() throws IOException {
    List<Path> text = List.of(file("text", "abc"));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Corpus.read(
                    text, Optional.of(text.get(0)), THIRDS, Tokenizers.CHARACTERS, 1, scratch));
    assertEquals(
        "both a validation file and a split with a validation part: give one of the two",
        e.getMessage());
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void a_file_that_is_not_utf_8_is_refused(Tokenizer tokenizer) throws IOException {
    Path text = Files.write(folder.resolve("text"), new byte[] {'a', ' ', 'b', (byte) 0xE9, ' '});
    var e = assertThrows(MalformedUtf8Exception.class, () -> read(text, ALL, tokenizer, 1));
    assertTrue(e.getMessage().startsWith(text + ": not UTF-8: byte 0xE9 at offset 3 "));
    assertScratchIsEmpty();
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void a_missing_validation_file_is_refused_and_leaves_nothing_behind(Tokenizer tokenizer)
      throws IOException {
    List<Path> text = List.of(file("text", "a b c"));
    Optional<Path> valid = Optional.of(folder.resolve("missing"));
    assertThrows(
        NoSuchFileException.class, () -> Corpus.read(text, valid, ALL, tokenizer, 1, scratch));
    assertScratchIsEmpty();
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void a_text_that_changes_meanwhile_is_refused(Tokenizer tokenizer) throws IOException {
    Path text = file("text", "a b a b\n");
    List<Path> changing =
        new AbstractList<>() {
          @Override
          public Path get(int index) {
            try {
              return Files.writeString(text, "a b\n", StandardOpenOption.APPEND);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }

          @Override
          public int size() {
            return 1;
          }
        };
    var e =
        assertThrows(
            IOException.class,
            () -> Corpus.read(changing, Optional.empty(), ALL, tokenizer, 1, scratch));
    assertTrue(e.getMessage().endsWith("] changed while being read: try again"), e.getMessage());
    assertScratchIsEmpty();
  }

  @Test
  void closing_closes_every_part() throws IOException {
    Corpus corpus = read(file("text", "abcdefgh"), THIRDS, Tokenizers.CHARACTERS, 1);
    corpus.close();
    for (Tokens part : List.of(corpus.train(), corpus.valid(), corpus.test())) {
      assertThrows(IllegalStateException.class, () -> TokensTest.read(part, 0, 1));
    }
    assertScratchIsEmpty();
  }

  static List<Tokenizer> tokenizers() {
    return List.of(Tokenizers.CHARACTERS, Tokenizers.WORDS);
  }

  private Corpus read(Path text, Split split, Tokenizer tokenizer, int minCount)
      throws IOException {
    return Corpus.read(List.of(text), Optional.empty(), split, tokenizer, minCount, scratch);
  }

  private void assertRefused(Path text, Split split, String message) {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> read(text, split, Tokenizers.CHARACTERS, 1));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  private void assertScratchIsEmpty() throws IOException {
    try (var files = Files.list(scratch)) {
      assertEquals(0, files.count());
    }
  }

  private static String decode(Corpus corpus, Tokens tokens) {
    return corpus.vocabulary().decode(TokensTest.read(tokens, 0, (int) tokens.size()));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
