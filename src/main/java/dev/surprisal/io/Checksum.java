package dev.surprisal.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * CRC-32C (Castagnoli, RFC 3720) of a whole file. The file holds its own checksum, 8 hexadecimal
 * digits, which count as zeros.
 */
final class Checksum {
  /** The metadata key of the checksum. */
  static final String KEY = "crc32c";

  static final String ZEROS = "00000000";

  private static final int BUFFER_BYTES = 1 << 20;

  private final CRC32C crc = new CRC32C();

  /**
   * Checks a file of this library; files of other programs have no checksum.
   *
   * @param path its path
   * @param file the open file
   * @param header its header
   * @throws SafeTensorsException if the file was changed, or has a later format
   */
  static void check(Path path, FileChannel file, Header header) throws IOException {
    String version = header.metadata().get(SafeTensors.VERSION_KEY);
    String expected = header.metadata().get(KEY);
    if (version == null && expected == null) {
      return;
    }
    // The damage may be in one of the two keys.
    if (expected == null) {
      throw damaged(path, "its checksum is missing");
    }
    String found = of(file, Header.PREFIX_BYTES + header.checksumAt());
    if (!found.equals(expected)) {
      throw damaged(
          path, "expected checksum " + Messages.quote(expected) + ", found '" + found + "'");
    }
    if (!SafeTensors.VERSION.equals(version)) {
      throw new SafeTensorsException(
          path,
          "expected format version "
              + SafeTensors.VERSION
              + ", found "
              + Messages.quote(String.valueOf(version))
              + ": use a later version of this library");
    }
  }

  /** Adds the bytes from the buffer's position to its limit, and changes neither. */
  void add(ByteBuffer bytes) {
    crc.update(bytes.duplicate());
  }

  String digits() {
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /**
   * Computes the checksum of a file. Reads and does not map it: if another process truncates the
   * file meanwhile, this throws an exception and does not crash the process.
   */
  static String of(FileChannel file, long digitsAt) throws IOException {
    Checksum checksum = new Checksum();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER_BYTES, file.size()));
    checksum.read(file, buffer, 0, digitsAt);
    checksum.add(ByteBuffer.wrap(ZEROS.getBytes(StandardCharsets.US_ASCII)));
    checksum.read(file, buffer, digitsAt + ZEROS.length(), file.size());
    return checksum.digits();
  }

  private void read(FileChannel file, ByteBuffer buffer, long from, long to) throws IOException {
    for (long position = from; position < to; position += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), to - position));
      readFully(file, buffer, position);
      add(buffer.flip());
    }
  }

  private static SafeTensorsException damaged(Path path, String how) {
    return new SafeTensorsException(
        path,
        "damaged, or rewritten by a program that kept its metadata: "
            + how
            + "; restore it from a copy, or delete surprisal and crc32c from the metadata");
  }

  /** Fills the buffer to its limit. */
  static void readFully(FileChannel file, ByteBuffer buffer, long position) throws IOException {
    long at = position;
    while (buffer.hasRemaining()) {
      int count = file.read(buffer, at);
      if (count < 0) {
        throw new EOFException("the file was truncated while it was read");
      }
      at += count;
    }
  }
}
