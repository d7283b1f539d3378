package dev.surprisal.text;

import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Locale;

/** Reports a file that is not UTF-8; the message names the file, the byte and its offset. */
public final class MalformedUtf8Exception extends CharacterCodingException {
  private static final long serialVersionUID = 1L;

  /** The whole message. */
  private final String message;

  MalformedUtf8Exception(Path file, long offset, int firstByte, String reason) {
    this.message =
        String.format(
            Locale.ROOT,
            "%s: not UTF-8: byte 0x%02X at offset %d %s; convert the file to UTF-8, for example"
                + " with iconv -f ISO-8859-1 -t UTF-8",
            file,
            firstByte,
            offset,
            reason);
  }

  @Override
  public String getMessage() {
    return message;
  }
}
