package dev.surprisal.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reads a UTF-8 text line by line; rejects bytes that are not UTF-8. */
final class Utf8Lines implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final String name;
  private final InputStream in;
  private long number;

  private Utf8Lines(String name, InputStream in) {
    this.name = name;
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
  }

  /** Opens a file, or standard input for {@code -}. */
  static Utf8Lines open(String file) throws IOException {
    if (file.equals("-")) {
      return new Utf8Lines("standard input", System.in);
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new FileSystemException(file, null, "a directory, expected a text file");
    }
    return new Utf8Lines(file, Files.newInputStream(path));
  }

  /**
   * Returns the next line without its line feed; null at the end. Skips a byte order mark at the
   * start.
   */
  TextLine next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int b = in.read();
    if (b < 0) {
      return null;
    }
    number++;
    while (b >= 0 && b != '\n') {
      bytes.write(b);
      b = in.read();
    }
    String text = decode(bytes.toByteArray());
    boolean marked = number == 1 && text.startsWith(BYTE_ORDER_MARK);
    return new TextLine(name, number, marked ? text.substring(1) : text);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private String decode(byte[] bytes) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    CharBuffer to = CharBuffer.allocate(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(from, to, true);
    if (result.isError()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: line %d: not UTF-8: byte 0x%02X at byte %d of the line; convert it to UTF-8, for"
                  + " example with iconv -f ISO-8859-1 -t UTF-8",
              name,
              number,
              bytes[from.position()],
              from.position() + 1));
    }
    return to.flip().toString();
  }
}
