package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8LinesTest {
  @TempDir Path folder;

  @Test
  void lines_come_in_order_without_their_line_feeds() throws IOException {
    assertEquals(List.of("one", "", "drei ß 🙂"), read("one\n\ndrei ß 🙂\n"));
  }

  @Test
  void a_last_line_without_a_line_feed_is_a_line() throws IOException {
    assertEquals(List.of("one", "two"), read("one\ntwo"));
  }

  @Test
  void an_empty_file_has_no_lines() throws IOException {
    assertEquals(List.of(), read(""));
  }

  @Test
  void a_byte_order_mark_is_skipped_at_the_start_and_kept_elsewhere() throws IOException {
    assertEquals(List.of("one", "\uFEFFtwo"), read("\uFEFFone\n\uFEFFtwo\n"));
  }

  @Test
  void a_carriage_return_is_a_character_of_the_line() throws IOException {
    assertEquals(List.of("one\r"), read("one\r\n"));
  }

  @Test
  void a_bad_byte_is_refused_with_its_line_and_place() throws IOException {
    Path file = folder.resolve("text");
    Files.write(file, "fine\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    IOException e = assertThrows(IOException.class, () -> read(file));
    assertTrue(
        e.getMessage().startsWith(file + ": line 2: not UTF-8: byte 0xE9 at byte 4 of the line"),
        e.getMessage());
  }

  @Test
  void a_sequence_that_the_end_cuts_short_is_refused() throws IOException {
    Path file = folder.resolve("text");
    Files.write(file, new byte[] {'a', (byte) 0xC3});
    IOException e = assertThrows(IOException.class, () -> read(file));
    assertTrue(e.getMessage().contains("byte 0xC3 at byte 2"), e.getMessage());
  }

  @Test
  void a_directory_and_a_missing_file_are_refused_at_once() {
    assertThrows(FileSystemException.class, () -> Utf8Lines.open(folder.toString()));
    assertThrows(
        NoSuchFileException.class, () -> Utf8Lines.open(folder.resolve("none").toString()));
  }

  @Test
  void a_line_knows_where_it_stands() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "a\nb\n");
    try (Utf8Lines lines = Utf8Lines.open(file.toString())) {
      lines.next();
      assertEquals(file + ": line 2", lines.next().where());
    }
  }

  private List<String> read(String text) throws IOException {
    return read(Files.writeString(folder.resolve("text"), text));
  }

  private static List<String> read(Path file) throws IOException {
    List<String> all = new ArrayList<>();
    try (Utf8Lines lines = Utf8Lines.open(file.toString())) {
      for (TextLine line = lines.next(); line != null; line = lines.next()) {
        all.add(line.text());
      }
    }
    return all;
  }
}
