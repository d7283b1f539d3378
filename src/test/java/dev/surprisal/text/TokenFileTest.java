package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 100_000})
  void what_is_written_is_read_back(int size) throws IOException {
    try (TokenFile file = new TokenFile(folder)) {
      for (int i = 0; i < size; i++) {
        file.add(i);
      }
      try (Tokens tokens = file.map()) {
        assertArrayEquals(IntStream.range(0, size).toArray(), TokensTest.read(tokens, 0, size));
      }
    }
    assertFolderIsEmpty();
  }

  @Test
  void a_file_that_is_given_up_leaves_nothing_behind() throws IOException {
    new TokenFile(folder).close();
    assertFolderIsEmpty();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void nothing_would_stay_behind_if_the_process_were_killed() throws IOException {
    try (TokenFile file = new TokenFile(folder)) {
      file.add(7);
      assertFolderIsEmpty();
      try (Tokens tokens = file.map()) {
        assertFolderIsEmpty();
        assertArrayEquals(new int[] {7}, TokensTest.read(tokens, 0, 1));
      }
    }
  }

  @Test
  void a_folder_that_cannot_be_written_to_is_refused() {
    Path missing = folder.resolve("missing");
    var e = assertThrows(IOException.class, () -> new TokenFile(missing).close());
    assertTrue(
        e.getMessage().startsWith("cannot write the encoded text, 4 bytes a token, to " + missing),
        e.getMessage());
  }

  private void assertFolderIsEmpty() throws IOException {
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }
}
