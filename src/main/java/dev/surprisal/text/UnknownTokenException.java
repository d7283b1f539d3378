package dev.surprisal.text;

/**
 * Reports a token outside a vocabulary that has no {@code <unk>}; the message names the token and
 * its place.
 */
public final class UnknownTokenException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  UnknownTokenException(String token, String where, int vocabularySize) {
    super(
        Printable.of(token)
            + " at "
            + where
            + " is not in the vocabulary of "
            + vocabularySize
            + " tokens, which has no <unk>: remove it from the text, or train with a minimum count"
            + " above 1 to have <unk>");
  }
}
