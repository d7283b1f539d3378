package dev.surprisal.text;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The code points of one UTF-8 file, read through a buffer of fixed size.
 *
 * <p>Strict as RFC 3629: overlong forms, surrogates, code points beyond U+10FFFF and incomplete
 * sequences throw a {@link MalformedUtf8Exception}. A byte order mark at the start of the file is
 * skipped.
 */
final class Utf8Reader implements CodePoints, Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private final Path file;
  private final InputStream in;
  private final byte[] buffer;
  private int position;
  private int limit;
  private long bufferOffset;
  private long last;

  Utf8Reader(Path file) throws IOException {
    this(file, Files.newInputStream(file), BUFFER_BYTES);
  }

  Utf8Reader(Path file, InputStream in, int bufferBytes) {
    this.file = file;
    this.in = in;
    this.buffer = new byte[bufferBytes];
  }

  /** Throws if a path is not a readable, regular file that is not empty. */
  static void check(Path file) throws IOException {
    String name = file.toString();
    if (!Files.exists(file)) {
      throw new NoSuchFileException(name, null, "no such file; check the path");
    }
    if (Files.isDirectory(file)) {
      throw new FileSystemException(name, null, "a directory, expected a text file");
    }
    if (!Files.isRegularFile(file)) {
      throw new FileSystemException(
          name, null, "not a regular file; a text is read more than once: save it to a file first");
    }
    if (!Files.isReadable(file)) {
      throw new AccessDeniedException(
          name, null, "no permission to read it; check its permissions");
    }
    if (Files.size(file) == 0) {
      throw new FileSystemException(name, null, "the file is empty, expected a text");
    }
  }

  @Override
  public int next() throws IOException {
    last = bufferOffset + position;
    if (position < limit) {
      byte b = buffer[position];
      if (b >= 0) {
        position++;
        return b;
      }
    }
    return decode();
  }

  @Override
  public String where() {
    return "byte offset " + last + " of " + file;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private int decode() throws IOException {
    int first = nextByte();
    if (first < 0x80) {
      return first;
    }
    if (first < 0xC0) {
      throw malformed(first, "is a continuation byte without a first byte");
    }
    if (first < 0xC2) {
      throw malformed(first, "begins an overlong form");
    }
    if (first > 0xF4) {
      throw malformed(first, "begins no UTF-8 sequence");
    }
    int codePoint = first;
    int following = 1;
    if (first < 0xE0) {
      codePoint &= 0x1F;
    } else if (first < 0xF0) {
      codePoint &= 0x0F;
      following = 2;
    } else {
      codePoint &= 0x07;
      following = 3;
    }
    for (int i = 0; i < following; i++) {
      int b = nextByte();
      if (b == END) {
        throw malformed(first, "begins a sequence that the end of the file cuts short");
      }
      if (b < 0x80 || b > 0xBF) {
        throw malformed(
            first, String.format("begins a sequence that byte 0x%02X does not continue", b));
      }
      if (i == 0) {
        checkSecond(first, b);
      }
      codePoint = codePoint << 6 | b & 0x3F;
    }
    return codePoint == BYTE_ORDER_MARK && last == 0 ? next() : codePoint;
  }

  private void checkSecond(int first, int second) throws MalformedUtf8Exception {
    if (first == 0xE0 && second < 0xA0 || first == 0xF0 && second < 0x90) {
      throw malformed(first, "begins an overlong form");
    }
    if (first == 0xED && second > 0x9F) {
      throw malformed(first, "begins a surrogate, which UTF-8 does not have");
    }
    if (first == 0xF4 && second > 0x8F) {
      throw malformed(first, "begins a code point beyond U+10FFFF");
    }
  }

  private int nextByte() throws IOException {
    if (position == limit) {
      bufferOffset += limit;
      position = 0;
      limit = Math.max(0, in.read(buffer));
      if (limit == 0) {
        return END;
      }
    }
    return buffer[position++] & 0xFF;
  }

  private MalformedUtf8Exception malformed(int first, String reason) {
    return new MalformedUtf8Exception(file, last, first, reason);
  }
}
