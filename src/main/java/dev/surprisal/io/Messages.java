package dev.surprisal.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Formats failures and text from files as one printable line. */
final class Messages {
  private static final int LONGEST = 200;

  private Messages() {}

  /** Returns why something failed, without the file's path, which only some messages have. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "access denied";
    }
    if (e instanceof ClosedByInterruptException) {
      return "this thread was interrupted";
    }
    if (e instanceof ClosedChannelException) {
      return "this file was closed";
    }
    if (e instanceof CharacterCodingException) {
      return "not UTF-8";
    }
    String message = e.getMessage();
    if (e instanceof FileSystemException file) {
      message = file.getReason();
    } else if (e instanceof JsonProcessingException json) {
      message = json.getOriginalMessage();
    }
    return message == null ? e.getClass().getSimpleName() : shorten(message);
  }

  /** Returns text from a file in quotes. */
  static String quote(String text) {
    return "'" + shorten(text) + "'";
  }

  /** Returns the start of a text, without control characters. */
  static String shorten(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return text.codePointCount(0, text.length()) > LONGEST ? line + "…" : line.toString();
  }
}
