package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordReaderTest {
  @Test
  void words_are_separated_by_whitespace_and_every_line_feed_is_a_token() throws IOException {
    assertEquals(
        List.of("a", "bc", "<eos>", "<eos>", "d", "<eos>"), words("a  bc\n\n\t d \n", false));
  }

  @Test
  void the_carriage_return_of_windows_only_separates() throws IOException {
    assertEquals(List.of("a", "<eos>", "b", "<eos>"), words("a\r\nb\r\n", true));
    assertEquals(List.of("a", "b"), words("a\rb", false));
  }

  @Test
  void whitespace_is_that_of_unicode_but_a_no_break_space_joins() throws IOException {
    assertEquals(List.of("a", "b", "10\u00A0000"), words("a\u3000b\u200310\u00A0000", false));
  }

  @Test
  void a_last_line_without_a_line_feed_is_ended_only_if_asked() throws IOException {
    assertEquals(List.of("a"), words("a", false));
    assertEquals(List.of("a", "<eos>"), words("a", true));
    assertEquals(List.of("a", "<eos>"), words("a ", true));
    assertEquals(List.of("a", "<eos>"), words("a\n", true));
    assertEquals(List.of("a", "<eos>", "<eos>"), words("a\n ", true));
    assertEquals(List.of(), words("", true));
  }

  @Test
  void a_word_keeps_characters_beyond_the_basic_plane() throws IOException {
    assertEquals(List.of("😀é😀", "x"), words("😀é😀 x", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a bc\n d", " a\r\n\r\n b ", "😀 😀\n", "\n", "x"})
  void every_character_is_counted_once(String text) throws IOException {
    WordReader reader = new WordReader(CodePoints.of(text), true);
    while (reader.next() != null) {}
    assertEquals(text.codePoints().count(), reader.characters());
  }

  @Test
  void whitespace_counts_with_the_token_after_it() throws IOException {
    WordReader reader = new WordReader(CodePoints.of("ab  cd \n"), true);
    reader.next();
    assertEquals(2, reader.characters());
    reader.next();
    assertEquals(6, reader.characters());
    reader.next();
    assertEquals(8, reader.characters());
  }

  @Test
  void a_text_without_whitespace_is_refused_before_it_fills_the_memory() throws IOException {
    String longest = "x".repeat(1 << 16);
    assertEquals(List.of(longest), words(longest + " ", false));
    var e = assertThrows(IOException.class, () -> words(longest + "x", false));
    assertEquals(
        "a word longer than 65536 characters at position 65536: is this text separated by"
            + " whitespace? If not, choose the character level",
        e.getMessage());
  }

  private static List<String> words(String text, boolean endsOpenLine) throws IOException {
    WordReader reader = new WordReader(CodePoints.of(text), endsOpenLine);
    List<String> words = new ArrayList<>();
    for (String word = reader.next(); word != null; word = reader.next()) {
      words.add(word);
    }
    return words;
  }
}
