package dev.surprisal.device;

/**
 * The errors for invalid values of operands, with the same messages on all devices. {@link
 * CheckedKernels} checks shapes, types and places.
 */
public final class ValueErrors {
  /** The largest distance from 1 of the sum of a row's probabilities. */
  public static final double PROBABILITY_TOLERANCE = 1e-3;

  private ValueErrors() {}

  /**
   * Creates the error for a token or a target outside the vocabulary.
   *
   * @param operation the name at the start of the message
   * @param index the position of the token
   * @param found its value
   * @param classes V
   * @return the exception to throw
   */
  public static IllegalArgumentException outsideVocabulary(
      String operation, long index, long found, long classes) {
    return new IllegalArgumentException(
        operation
            + ": expected a token in [0, "
            + classes
            + ") at position "
            + index
            + ", found "
            + found);
  }

  /**
   * Creates the error for a target probability that is negative or NaN.
   *
   * @param row the row of the probability
   * @param found its value
   * @return the exception to throw
   */
  public static IllegalArgumentException noProbability(long row, float found) {
    return new IllegalArgumentException(
        "cross-entropy: expected probabilities of 0 or more, found " + found + " in row " + row);
  }

  /**
   * Creates the error for target probabilities that do not sum to 1.
   *
   * @param row the row of the probabilities
   * @param sum their sum
   * @return the exception to throw
   */
  public static IllegalArgumentException noDistribution(long row, double sum) {
    return new IllegalArgumentException(
        "cross-entropy: expected probabilities that sum to 1 within "
            + PROBABILITY_TOLERANCE
            + ", found "
            + sum
            + " in row "
            + row);
  }

  /**
   * Creates the error for a row whose position is no token.
   *
   * @param index the row
   * @param found its position
   * @param tokens M
   * @return the exception to throw
   */
  public static IllegalArgumentException outsideTokens(long index, long found, long tokens) {
    return new IllegalArgumentException(
        "loss: expected a position in [0, " + tokens + ") for row " + index + ", found " + found);
  }

  /**
   * Creates the error for an id of a sparse distribution that is no class or occurs twice.
   *
   * @param token the token of the distribution
   * @param found its value
   * @param classes V
   * @return the exception to throw
   */
  public static IllegalArgumentException noId(long token, long found, long classes) {
    return new IllegalArgumentException(
        "sparse cross-entropy: expected different ids in [0, "
            + classes
            + ") for token "
            + token
            + ", found "
            + found
            + (found >= 0 && found < classes ? " twice" : ""));
  }

  /**
   * Creates the error for logits without a softmax: with a NaN, or without a finite largest logit.
   *
   * @param row the row of the logits
   * @param found NaN if the row has one, else its largest logit
   * @return the exception to throw
   */
  public static IllegalArgumentException noLargestLogit(long row, float found) {
    return new IllegalArgumentException(
        "logits: expected a finite largest logit in row " + row + ", found " + found);
  }

  /**
   * Creates the error for a sequence without tokens, or with tokens of the previous sequence or
   * beyond the last token.
   *
   * @param sequence the sequence
   * @param start its first token
   * @param length its number of tokens
   * @return the exception to throw
   */
  public static IllegalArgumentException noSequence(long sequence, long start, long length) {
    return new IllegalArgumentException(
        "sequence loss: expected 1 token or more, after those of the previous sequence and"
            + " within the losses, for sequence "
            + sequence
            + ", found "
            + length
            + " from "
            + start
            + " on");
  }

  /**
   * Creates the error for lists of fewer than two sequences, or lists that do not cover all
   * sequences.
   *
   * @param index the index of the bound of a list
   * @param found the bound
   * @return the exception to throw
   */
  public static IllegalArgumentException noList(long index, long found) {
    return new IllegalArgumentException(
        "sequence loss: expected lists of 2 sequences or more from the first to the last, found "
            + found
            + " for bound "
            + index);
  }

  /**
   * Creates the error for a cost that is NaN or infinite.
   *
   * @param sequence the sequence of the cost
   * @param found its value
   * @return the exception to throw
   */
  public static IllegalArgumentException noCost(long sequence, float found) {
    return new IllegalArgumentException(
        "sequence loss: expected a finite cost of sequence " + sequence + ", found " + found);
  }
}
