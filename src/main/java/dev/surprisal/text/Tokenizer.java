package dev.surprisal.text;

import java.util.List;

/**
 * What a token is. A tokenizer cuts texts into tokens, chooses the vocabulary of a text, and gives
 * a vocabulary its {@link Codec}. Everything that depends on the kind of token is in one subclass;
 * {@link Tokenizers} lists them. Immutable.
 */
public abstract class Tokenizer {
  private final String name;
  private final String unknown;
  private final String lineEnd;

  /**
   * Names a tokenizer and two of its tokens, which a vocabulary need not have.
   *
   * @param name its name on the command line and in config.json
   * @param unknown the token that stands for every token outside the vocabulary
   * @param lineEnd the token that ends a line
   */
  Tokenizer(String name, String unknown, String lineEnd) {
    this.name = name;
    this.unknown = unknown;
    this.lineEnd = lineEnd;
  }

  /**
   * Returns the name of this tokenizer on the command line and in config.json.
   *
   * @return the name, for example {@code char} or {@code word}
   */
  public final String name() {
    return name;
  }

  /**
   * Joins a text and the decoded tokens that follow it.
   *
   * @param text any text
   * @param continuation what {@link Vocabulary#decode} returned for the tokens after it
   * @return both as one text
   */
  public abstract String join(String text, String continuation);

  /** Returns the token that stands for every token outside the vocabulary. */
  final String unknown() {
    return unknown;
  }

  /** Returns the token that ends a line. */
  final String lineEnd() {
    return lineEnd;
  }

  /**
   * Returns whether a corpus takes its vocabulary from the whole text and the validation file; if
   * not, it takes it from the training part.
   */
  abstract boolean countsHeldOutText();

  /**
   * Returns new counts, all zero.
   *
   * @param minCount how often a token must occur to be in the vocabulary
   * @throws IllegalArgumentException if {@code minCount} is below 1
   */
  abstract TokenCounts counts(int minCount);

  /**
   * Checks the tokens of a vocabulary that was read from a file.
   *
   * @param tokens at least one, distinct, by id
   * @throws IllegalArgumentException if this tokenizer cannot have such a vocabulary
   */
  abstract void check(List<String> tokens);

  /**
   * Returns the codec of a vocabulary.
   *
   * @param vocabulary has tokens that pass {@link #check}
   */
  abstract Codec codec(Vocabulary vocabulary);

  @Override
  public String toString() {
    return name;
  }
}
