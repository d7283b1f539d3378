package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenReaderTest {
  @TempDir Path folder;

  @Test
  void nothing_is_put_between_the_characters_of_two_files() throws IOException {
    List<Path> files = List.of(file("1", "ab"), file("2", "\uFEFFc\n"), file("3", "😀"));
    Vocabulary vocabulary =
        new Vocabulary(Tokenizers.CHARACTERS, List.of("\n", "a", "b", "c", "😀"));
    try (TokenReader reader = TokenReader.encoding(files, vocabulary)) {
      StringBuilder text = new StringBuilder();
      int[] id = new int[1];
      while (reader.read(id, 1) > 0) {
        text.append(vocabulary.token(id[0]));
        assertEquals(text.codePoints().count(), reader.characters());
      }
      assertEquals("abc\n😀", text.toString());
      assertEquals(5, reader.characters());
      assertEquals(0, reader.read(id, 1));
    }
  }

  @Test
  void the_end_of_a_file_ends_its_last_word_and_line() throws IOException {
    List<Path> files = List.of(file("1", "a b"), file("2", "c\n"), file("3", "d "));
    Vocabulary vocabulary =
        new Vocabulary(Tokenizers.WORDS, List.of("<unk>", "<eos>", "a", "b", "c", "d"));
    try (TokenReader reader = TokenReader.encoding(files, vocabulary)) {
      List<String> words = new ArrayList<>();
      List<Long> characters = new ArrayList<>();
      int[] id = new int[1];
      while (reader.read(id, 1) > 0) {
        words.add(vocabulary.token(id[0]));
        characters.add(reader.characters());
      }
      assertEquals(List.of("a", "b", "<eos>", "c", "<eos>", "d", "<eos>"), words);
      assertEquals(List.of(1L, 3L, 3L, 4L, 5L, 6L, 7L), characters);
      assertEquals(7, reader.characters());
    }
  }

  @Test
  void a_missing_file_is_reported_before_the_first_is_read() throws IOException {
    List<Path> files = List.of(file("1", "a"), folder.resolve("2"));
    var e =
        assertThrows(NoSuchFileException.class, () -> new TokenReader(files, file -> null).close());
    assertTrue(e.getMessage().startsWith(folder.resolve("2") + ": no such file"));
  }

  @Test
  void no_files_at_all_are_refused() {
    assertThrows(
        IllegalArgumentException.class, () -> new TokenReader(List.of(), file -> null).close());
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
