package dev.surprisal.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * A text file, with size and checksum to detect changes.
 *
 * @param path absolute
 * @param bytes its size
 * @param crc32c its checksum, 8 hexadecimal digits
 */
record TextFile(String path, long bytes, String crc32c) {
  private static final int BUFFER_BYTES = 1 << 16;

  static TextFile of(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "a directory, expected a text file");
    }
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        crc.update(buffer, 0, count);
        bytes += count;
      }
    }
    return new TextFile(
        file.toAbsolutePath().toString(), bytes, HexFormat.of().toHexDigits((int) crc.getValue()));
  }

  void checkSame(TextFile now) throws IOException {
    if (bytes != now.bytes || !crc32c.equals(now.crc32c)) {
      throw new IOException(
          now.path
              + " is not the text that the run was trained on ("
              + bytes
              + " bytes, CRC-32C "
              + crc32c
              + "; found "
              + now.bytes
              + ", "
              + now.crc32c
              + "): restore it, or start a new run");
    }
  }
}
