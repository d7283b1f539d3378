package dev.surprisal.text;

import java.io.IOException;

/**
 * The tokens of a text as numbers, in memory that does not grow. Tokens are read many at a time, so
 * that the kind of token costs nothing for each of them.
 */
interface TokenStream {
  /**
   * Reads tokens.
   *
   * @param numbers receives the numbers of the tokens, from index 0
   * @param limit the most tokens to read, at least 1
   * @return how many there were, 0 only at the end of the text
   */
  int read(int[] numbers, int limit) throws IOException;

  /**
   * Returns the number of characters (code points) up to the end of the last token that was read.
   * At the end every character of the text has been counted once.
   */
  long characters();
}
