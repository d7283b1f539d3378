package dev.surprisal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("config.json");
  }

  @Test
  void what_was_written_is_read_in_the_same_order() throws IOException {
    Map<String, Integer> ids = new LinkedHashMap<>();
    List.of("\n", "z", "\"", "é", "😀", "a", "\u0000", "").forEach(s -> ids.put(s, ids.size()));
    Json.write(file, ids);
    ObjectNode read = Json.read(file);
    List<String> names = new ArrayList<>();
    read.fieldNames().forEachRemaining(names::add);
    assertEquals(List.copyOf(ids.keySet()), names);
    ids.forEach((name, id) -> assertEquals(id, read.get(name).intValue()));
  }

  @Test
  void a_long_word_is_a_key_like_any_other() throws IOException {
    String word = "x".repeat(1_000_000);
    Json.write(file, Map.of(word, 1));
    assertEquals(1, Json.read(file).get(word).intValue());
  }

  @Test
  void a_document_too_long_to_be_read_back_is_not_written() {
    Map<String, String> value = Map.of("a", "x".repeat(100_000_000));
    assertThrows(IllegalArgumentException.class, () -> Json.write(file, value));
    assertFalse(Files.exists(file));
  }

  @Test
  void a_document_is_indented_for_people() throws IOException {
    Json.write(file, Map.of("embed", 64));
    assertEquals("{\n  \"embed\" : 64\n}", Files.readString(file));
  }

  @Test
  void a_value_that_is_no_json_leaves_the_previous_document() throws IOException {
    Json.write(file, Map.of("embed", 64));
    assertThrows(IllegalArgumentException.class, () -> Json.write(file, new Object()));
    assertEquals(64, Json.read(file).get("embed").intValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": {\"b\": 1, \"b\": 1}}",
        "{} {}",
        "{} x",
        "{\"a\": 1,}",
        "{\"a\": NaN}",
        "{\"a\": 01}",
        "{'a': 1}",
        "{\"a\": 1} // why",
        "{\"a\": \"\n\"}",
        "{",
        "\u0000",
        "version"
      })
  void what_is_not_strictly_json_is_refused_with_its_place(String text) throws IOException {
    Files.writeString(file, text);
    assertTrue(refused().matches(".*: not valid JSON at line \\d+, column \\d+: .+"), refused());
  }

  @ParameterizedTest
  @CsvSource({"[], array", "1, number", "null, null", "'', an empty file"})
  void a_document_that_is_not_an_object_is_refused(String text, String found) throws IOException {
    Files.writeString(file, text);
    assertEquals(file + ": expected a JSON object, found " + found, refused());
  }

  @Test
  void text_that_is_not_utf_8_is_refused() throws IOException {
    Files.write(file, new byte[] {'{', '"', (byte) 0xe9, '"', ':', '1', '}'});
    assertEquals(file + ": not UTF-8", refused());
  }

  @Test
  void a_document_that_is_nested_without_end_is_refused() throws IOException {
    Files.writeString(file, "{\"a\": " + "[".repeat(1_000_000));
    assertTrue(refused().contains("nesting"), refused());
  }

  @Test
  void a_file_that_no_one_would_write_by_hand_is_refused_unread() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    assertEquals(file + ": expected at most 100000000 bytes, found 1099511627776", refused());
  }

  @Test
  void a_missing_file_is_refused() {
    assertEquals(file + ": no such file or folder", refused());
  }

  @Test
  void a_folder_is_refused() throws IOException {
    Files.createDirectory(file);
    assertEquals(file + ": Is a directory", refused());
  }

  private String refused() {
    String message = assertThrows(IOException.class, () -> Json.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }
}
