package dev.surprisal.device;

/**
 * Options of a cross-entropy, with PyTorch's names and meanings.
 *
 * @param ignoreIndex a target without a loss; may lie outside the vocabulary
 * @param labelSmoothing the share of the target distribution that is spread evenly, in [0, 1)
 * @param classWeights [V], FLOAT32, or null for 1 each
 */
public record CrossEntropyOptions(int ignoreIndex, float labelSmoothing, Tensor classWeights) {
  /** PyTorch's default ignore index. */
  public static final int DEFAULT_IGNORE_INDEX = -100;

  /** No smoothing and no weights; ignores {@link #DEFAULT_IGNORE_INDEX}. */
  public static final CrossEntropyOptions PLAIN =
      new CrossEntropyOptions(DEFAULT_IGNORE_INDEX, 0, null);

  /**
   * Checks the options.
   *
   * @param ignoreIndex a target without a loss; may lie outside the vocabulary
   * @param labelSmoothing the share of the target distribution that is spread evenly, in [0, 1)
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
