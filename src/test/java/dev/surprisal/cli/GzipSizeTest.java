package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GzipSizeTest {
  @TempDir Path folder;

  @Test
  void nothing_takes_the_20_bytes_of_header_empty_block_and_trailer() throws IOException {
    assertEquals(20, GzipSize.of(new byte[0]));
  }

  @Test
  void the_best_level_packs_tighter_than_the_default() throws IOException {
    byte[] bytes = Files.readAllBytes(TinyRun.text(folder.resolve("text.txt"), 50_000, 1));
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    assertTrue(GzipSize.of(bytes) < packed.size(), GzipSize.of(bytes) + " " + packed.size());
  }
}
