package dev.surprisal.text;

/** What a token is. */
public enum Level {
  /** A token is one Unicode code point. */
  CHARACTER("char"),

  /**
   * A token is a run of characters between whitespace (as {@link Character#isWhitespace(int)} has
   * it, so a no-break space does not separate), or the end of a line.
   */
  WORD("word");

  private final String spelling;

  Level(String spelling) {
    this.spelling = spelling;
  }

  /**
   * The name of this level on the command line and in files.
   *
   * @return {@code char} or {@code word}
   */
  public String spelling() {
    return spelling;
  }

  /**
   * The level of a given spelling.
   *
   * @param spelling {@code char} or {@code word}
   * @return the level
   * @throws IllegalArgumentException if it is neither
   */
  public static Level parse(String spelling) {
    for (Level level : values()) {
      if (level.spelling.equals(spelling)) {
        return level;
      }
    }
    throw new IllegalArgumentException("unknown level \"" + spelling + "\": choose char or word");
  }
}
