package dev.surprisal.device;

/**
 * The errors for values that an operation cannot work with, in the same words on all devices,
 * whenever they notice. Shapes, types and places are the matter of {@link CheckedKernels}.
 */
public final class ValueErrors {
  /** How far from 1 the probabilities of a row may sum to. */
  public static final double PROBABILITY_TOLERANCE = 1e-3;

  private ValueErrors() {}

  /**
   * The error for a token or a target that is no class.
   *
   * @param operation whose name the message bears
   * @param index where it stands
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
   * The error for a negative target probability, or one that is no number.
   *
   * @param row where it stands
   * @param found its value
   * @return the exception to throw
   */
  public static IllegalArgumentException noProbability(long row, float found) {
    return new IllegalArgumentException(
        "cross-entropy: expected probabilities of 0 and more, found " + found + " in row " + row);
  }

  /**
   * The error for target probabilities that do not sum to 1.
   *
   * @param row whose they are
   * @param sum what they sum to
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
   * The error for a row that belongs to no token.
   *
   * @param index of the row
   * @param found the token it names
   * @param tokens M
   * @return the exception to throw
   */
  public static IllegalArgumentException outsideTokens(long index, long found, long tokens) {
    return new IllegalArgumentException(
        "loss: expected a position in [0, " + tokens + ") for row " + index + ", found " + found);
  }

  /**
   * The error for an id of a sparse distribution that is no class or stands there twice.
   *
   * @param token whose distribution it is
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
   * The error for logits without a softmax, that no token can be drawn from or be the most probable
   * of.
   *
   * @param row whose they are
   * @param found NaN if there is one in the row, else its largest logit
   * @return the exception to throw
   */
  public static IllegalArgumentException noLargestLogit(long row, float found) {
    return new IllegalArgumentException(
        "logits: expected a finite largest logit in row " + row + ", found " + found);
  }

  /**
   * The error for a sequence that has no token, or tokens of the sequence before or beyond the
   * last.
   *
   * @param sequence which
   * @param start where it starts
   * @param length how many tokens it has
   * @return the exception to throw
   */
  public static IllegalArgumentException noSequence(long sequence, long start, long length) {
    return new IllegalArgumentException(
        "sequence loss: expected 1 token or more, behind those of the sequence before and within"
            + " the losses, for sequence "
            + sequence
            + ", found "
            + length
            + " from "
            + start
            + " on");
  }

  /**
   * The error for lists that are not of two sequences or more, or not of all of them.
   *
   * @param index in the lists' bounds
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
   * The error for a cost that is NaN or infinite.
   *
   * @param sequence whose it is
   * @param found its value
   * @return the exception to throw
   */
  public static IllegalArgumentException noCost(long sequence, float found) {
    return new IllegalArgumentException(
        "sequence loss: expected a finite cost of sequence " + sequence + ", found " + found);
  }
}
