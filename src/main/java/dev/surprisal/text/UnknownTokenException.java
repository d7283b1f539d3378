package dev.surprisal.text;

/**
 * A token that the vocabulary does not have, and no {@code <unk>} to stand for it; the message
 * names the token and where it stands.
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
