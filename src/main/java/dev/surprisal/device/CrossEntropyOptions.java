package dev.surprisal.device;

/**
 * What a cross-entropy compares with; the names and meanings are PyTorch's.
 *
 * @param ignoreIndex a target that takes no part in the loss; may lie outside the vocabulary
 * @param labelSmoothing how much of the target distribution is spread evenly, in [0, 1)
 * @param classWeights [V], FLOAT32, or null for 1 each
 */
public record CrossEntropyOptions(int ignoreIndex, float labelSmoothing, Tensor classWeights) {
  /** The ignore index that PyTorch takes if none is given. */
  public static final int DEFAULT_IGNORE_INDEX = -100;

  /** Nothing smoothed or weighted, {@link #DEFAULT_IGNORE_INDEX} ignored. */
  public static final CrossEntropyOptions PLAIN =
      new CrossEntropyOptions(DEFAULT_IGNORE_INDEX, 0, null);

  /**
   * Checks the options.
   *
   * @param ignoreIndex a target that takes no part in the loss; may lie outside the vocabulary
   * @param labelSmoothing how much of the target distribution is spread evenly, in [0, 1)
   * @param classWeights [V], FLOAT32, or null for 1 each
   * @throws IllegalArgumentException if the smoothing is outside [0, 1)
   */
  public CrossEntropyOptions {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing is a number in [0, 1), found " + labelSmoothing);
    }
  }
}
