package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {
  @TempDir Path folder;

  @Test
  void characters_are_numbered_by_code_point() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.CHARACTERS, 1, "b😀a\uFF5Eb\n");
    assertEquals(List.of("\n", "a", "b", "\uFF5E", "😀"), tokens(vocabulary));
    assertEquals(Tokenizers.CHARACTERS, vocabulary.tokenizer());
    assertEquals(OptionalInt.of(4), vocabulary.id("😀"));
    assertEquals(OptionalInt.empty(), vocabulary.id("x"));
    assertEquals(OptionalInt.empty(), vocabulary.unknown());
    assertEquals(OptionalInt.of(0), vocabulary.boundary());
  }

  @Test
  void rare_characters_become_unknown_if_there_is_a_minimum_count() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.CHARACTERS, 2, "abba<unk>");
    assertEquals(List.of("<unk>", "a", "b"), tokens(vocabulary));
    assertEquals(OptionalInt.of(0), vocabulary.unknown());
    assertEquals(OptionalInt.empty(), vocabulary.boundary());
    assertArrayEquals(new int[] {1, 0, 2, 0, 0}, vocabulary.encode("azb😀\n"));
    assertArrayEquals(new int[] {0, 0, 0, 0, 0}, vocabulary.encode("<unk>"));
    assertEquals("a<unk>b", vocabulary.decode(new int[] {1, 0, 2}));
  }

  @Test
  void a_text_of_one_kind_of_character_has_a_vocabulary_of_one() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.CHARACTERS, 1, "aaaa");
    assertEquals(1, vocabulary.size());
    assertArrayEquals(new int[] {0, 0}, vocabulary.encode("aa"));
  }

  @Test
  void words_are_numbered_by_falling_count_and_then_by_code_points() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.WORDS, 1, "b c a\nc b c 😀 \uFF5E");
    assertEquals(List.of("<unk>", "<eos>", "c", "b", "a", "\uFF5E", "😀"), tokens(vocabulary));
    assertEquals(OptionalInt.of(0), vocabulary.unknown());
    assertEquals(OptionalInt.of(1), vocabulary.boundary());
  }

  @Test
  void rare_words_become_unknown() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.WORDS, 2, "a b a c c c\n");
    assertEquals(List.of("<unk>", "<eos>", "c", "a"), tokens(vocabulary));
    assertArrayEquals(new int[] {0, 3, 2, 1, 0}, vocabulary.encode("b a c\nx"));
  }

  @Test
  void special_tokens_spelled_out_in_a_text_of_words_are_the_special_tokens() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.WORDS, 1, "<unk> <unk> a <eos> N\n");
    assertEquals(List.of("<unk>", "<eos>", "N", "a"), tokens(vocabulary));
    assertArrayEquals(new int[] {0, 1, 3, 1}, vocabulary.encode("<unk> <eos> a\n"));
  }

  @Test
  void several_files_make_one_vocabulary() throws IOException {
    List<Path> files =
        List.of(
            Files.writeString(folder.resolve("1"), "ab"),
            Files.writeString(folder.resolve("2"), "bc"));
    assertEquals(
        List.of("<unk>", "b"), tokens(build(Tokenizers.CHARACTERS, 2, files.toArray(Path[]::new))));
  }

  @Test
  void a_minimum_count_below_one_is_refused() {
    var e = assertThrows(IllegalArgumentException.class, () -> build(Tokenizers.WORDS, 0, "a"));
    assertEquals("minimum count 0: expected at least 1", e.getMessage());
  }

  @Test
  void a_text_of_nothing_but_a_byte_order_mark_is_refused() {
    assertThrows(IllegalArgumentException.class, () -> build(Tokenizers.CHARACTERS, 1, "\uFEFF"));
  }

  @Test
  void decoding_characters_gives_the_text_back() throws IOException {
    String text = "Ünïcode 😀\r\nlines\n";
    Vocabulary vocabulary = build(Tokenizers.CHARACTERS, 1, text);
    assertEquals(text, vocabulary.decode(vocabulary.encode(text)));
    assertEquals("", vocabulary.decode(vocabulary.encode("")));
  }

  @Test
  void decoding_words_joins_them_with_single_spaces_and_line_feeds() throws IOException {
    String text = "a  b\r\n\n c";
    Vocabulary vocabulary = build(Tokenizers.WORDS, 1, text);
    assertEquals("a b\n\nc", vocabulary.decode(vocabulary.encode(text)));
    assertEquals("", vocabulary.decode(new int[0]));
  }

  @Test
  void a_character_outside_is_refused_with_its_name_and_position() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.CHARACTERS, 1, "a😀b");
    for (String unknown : List.of("é", "\uD800", "\0")) {
      var e = assertThrows(UnknownTokenException.class, () -> vocabulary.encode("a😀" + unknown));
      assertEquals(
          Printable.of(unknown)
              + " at position 2 is not in the vocabulary of 3 tokens, which has no <unk>: remove it"
              + " from the text, or train with a minimum count above 1 to have <unk>",
          e.getMessage());
    }
  }

  @Test
  void a_word_that_is_too_long_is_refused() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.WORDS, 1, "a");
    assertThrows(IllegalArgumentException.class, () -> vocabulary.encode("x".repeat(100_000)));
  }

  @Test
  void an_id_outside_is_refused() throws IOException {
    Vocabulary vocabulary = build(Tokenizers.CHARACTERS, 1, "abc");
    for (int id : new int[] {-1, 3}) {
      var e = assertThrows(IllegalArgumentException.class, () -> vocabulary.token(id));
      assertEquals("id " + id + " is outside the vocabulary: expected 0 to 2", e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> vocabulary.decode(new int[] {0, id}));
    }
  }

  @Test
  void a_vocabulary_comes_back_from_its_map() throws IOException {
    for (Vocabulary vocabulary :
        List.of(
            build(Tokenizers.CHARACTERS, 1, "héllo\n"),
            build(Tokenizers.CHARACTERS, 2, "hello"),
            build(Tokenizers.WORDS, 1, "to be or not to be\n"))) {
      Vocabulary back = Vocabulary.fromMap(vocabulary.tokenizer(), vocabulary.toMap());
      assertEquals(vocabulary, back);
      assertEquals(vocabulary.hashCode(), back.hashCode());
      assertEquals(List.copyOf(vocabulary.toMap().keySet()), tokens(back));
    }
  }

  @Test
  void vocabularies_of_other_tokens_or_another_tokenizer_differ() throws IOException {
    Vocabulary ab = build(Tokenizers.CHARACTERS, 1, "ab");
    assertNotEquals(ab, build(Tokenizers.CHARACTERS, 1, "ac"));
    assertNotEquals(ab, build(Tokenizers.CHARACTERS, 1, "abc"));
    assertNotEquals(
        new Vocabulary(Tokenizers.CHARACTERS, List.of("a")),
        new Vocabulary(Tokenizers.WORDS, List.of("a")));
    assertNotEquals(ab, null);
  }

  private Vocabulary build(Tokenizer tokenizer, int minCount, String text) throws IOException {
    Path file = Files.writeString(folder.resolve("text"), text);
    return build(tokenizer, minCount, file);
  }

  static Vocabulary build(Tokenizer tokenizer, int minCount, Path... files) throws IOException {
    TokenCounts counts = tokenizer.counts(minCount);
    counts.add(List.of(files), Long.MAX_VALUE);
    return counts.vocabulary();
  }

  private static List<String> tokens(Vocabulary vocabulary) {
    return IntStream.range(0, vocabulary.size()).mapToObj(vocabulary::token).toList();
  }
}
