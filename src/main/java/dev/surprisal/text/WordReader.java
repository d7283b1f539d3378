package dev.surprisal.text;

import java.io.IOException;

/**
 * Cuts a text into words and line ends.
 *
 * <p>Only a line feed ends a line. All other whitespace, with the carriage return of Windows,
 * separates words.
 */
final class WordReader {
  /** The token that ends a line. */
  static final String LINE_END = "<eos>";

  // Without a bound, a large file without whitespace would have to fit in memory.
  private static final int LONGEST_WORD = 1 << 16;
  private static final int NONE = -2;

  private final CodePoints text;
  private final boolean endsOpenLine;
  private final StringBuilder word = new StringBuilder();
  private int ahead = NONE;
  private boolean lineOpen;
  private long characters;

  /**
   * Reads words from a text.
   *
   * @param endsOpenLine whether the end of the text also ends a last line that has no line feed
   */
  WordReader(CodePoints text, boolean endsOpenLine) {
    this.text = text;
    this.endsOpenLine = endsOpenLine;
  }

  /** Returns the next word or {@link #LINE_END}; null at the end. */
  String next() throws IOException {
    int c = ahead == NONE ? text.next() : ahead;
    ahead = NONE;
    while (c != '\n' && Character.isWhitespace(c)) {
      characters++;
      lineOpen = true;
      c = text.next();
    }
    if (c == CodePoints.END) {
      ahead = c;
      boolean endLine = endsOpenLine && lineOpen;
      lineOpen = false;
      return endLine ? LINE_END : null;
    }
    if (c == '\n') {
      characters++;
      lineOpen = false;
      return LINE_END;
    }
    lineOpen = true;
    word.setLength(0);
    do {
      if (word.length() >= LONGEST_WORD) {
        throw new IOException(
            "a word longer than "
                + LONGEST_WORD
                + " characters at "
                + text.where()
                + ": is this text separated by whitespace? If not, choose the character level");
      }
      word.appendCodePoint(c);
      characters++;
      c = text.next();
    } while (c != CodePoints.END && !Character.isWhitespace(c));
    ahead = c;
    return word.toString();
  }

  /**
   * Returns the number of characters (code points) up to the end of the token that was returned
   * last. Whitespace counts with the token after it, so that every character is counted once.
   */
  long characters() {
    return characters;
  }
}
