package dev.surprisal.text;

import java.io.IOException;

/** The tokens of a text as numbers, one after the other, in memory that does not grow. */
interface TokenStream {
  /** What {@link #next()} returns after the last token. */
  int END = -1;

  /** Returns the number of the next token, at least 0, or {@link #END}. */
  int next() throws IOException;

  /**
   * Returns the number of characters (code points) up to the end of the token that was returned
   * last. At the end every character of the text has been counted once.
   */
  long characters();
}
