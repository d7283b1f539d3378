package dev.surprisal.text;

import java.util.List;

/** The list of all tokenizers, by name. */
public final class Tokenizers {
  /** A token is one Unicode code point. */
  public static final Tokenizer CHARACTERS = new Characters();

  /**
   * A token is a run of characters between whitespace (as {@link Character#isWhitespace(int)}
   * defines it, so a no-break space does not separate), or the end of a line.
   */
  public static final Tokenizer WORDS = new Words();

  private static final List<Tokenizer> ALL = List.of(CHARACTERS, WORDS);

  private Tokenizers() {}

  /**
   * Returns the names of all tokenizers.
   *
   * @return the names that {@link #of} accepts
   */
  public static List<String> names() {
    return ALL.stream().map(Tokenizer::name).toList();
  }

  /**
   * Returns the tokenizer of a name.
   *
   * @param name {@code char} or {@code word}
   * @return the tokenizer
   * @throws IllegalArgumentException if no tokenizer has this name
   */
  public static Tokenizer of(String name) {
    return ALL.stream()
        .filter(tokenizer -> tokenizer.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown level \"" + name + "\": choose " + String.join(" or ", names())));
  }
}
