package dev.surprisal.device;

/**
 * How a cross-entropy is computed; the names and meanings are PyTorch's.
 *
 * @param ignoreIndex a target that takes no part in the loss; may lie outside the vocabulary
 * @param labelSmoothing how much of the target distribution is spread evenly, in [0, 1)
 * @param classWeights [V], FLOAT32, or null for 1 each
 * @param reduction what {@code total} holds and what the gradient is of
 * @param tokenCount what {@link Reduction#MEAN} divides by, when losses of several batches add up
 *     to one; 0 to divide by what is counted in the batch itself
 */
public record CrossEntropyOptions(
    int ignoreIndex,
    float labelSmoothing,
    Tensor classWeights,
    Reduction reduction,
    long tokenCount) {
  /** The ignore index that PyTorch takes if none is given. */
  public static final int DEFAULT_IGNORE_INDEX = -100;

  /** Mean over the tokens, nothing smoothed or weighted, {@link #DEFAULT_IGNORE_INDEX} ignored. */
  public static final CrossEntropyOptions MEAN =
      new CrossEntropyOptions(DEFAULT_IGNORE_INDEX, 0, null, Reduction.MEAN, 0);

  /** Like {@link #MEAN}, with no reduction. */
  public static final CrossEntropyOptions NONE =
      new CrossEntropyOptions(DEFAULT_IGNORE_INDEX, 0, null, Reduction.NONE, 0);

  /**
   * Checks the options.
   *
   * @param ignoreIndex a target that takes no part in the loss; may lie outside the vocabulary
   * @param labelSmoothing how much of the target distribution is spread evenly, in [0, 1)
   * @param classWeights [V], FLOAT32, or null for 1 each
   * @param reduction what {@code total} holds and what the gradient is of
   * @param tokenCount what {@link Reduction#MEAN} divides by, when losses of several batches add up
   *     to one; 0 to divide by what is counted in the batch itself
   * @throws IllegalArgumentException if the smoothing is outside [0, 1) or the count negative
   */
  public CrossEntropyOptions {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing is a number in [0, 1), found " + labelSmoothing);
    }
    if (tokenCount < 0) {
      throw new IllegalArgumentException("a token count is 0 or more, found " + tokenCount);
    }
    if (tokenCount > 0 && reduction != Reduction.MEAN) {
      throw new IllegalArgumentException(
          "a token count goes with the mean alone, found it with " + reduction);
    }
  }
}
