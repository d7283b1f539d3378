package dev.surprisal.text;

/**
 * A text as token ids.
 *
 * @param tokens the ids
 * @param characters the number of characters (code points) of the text, for bits per character
 */
public record EncodedText(Tokens tokens, long characters) implements AutoCloseable {
  /** Closes the tokens. */
  @Override
  public void close() {
    tokens.close();
  }
}
