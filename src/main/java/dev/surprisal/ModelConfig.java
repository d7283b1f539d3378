package dev.surprisal;

/**
 * The sizes of a language model; the vocabulary gives the third, V.
 *
 * @param embed E, the length of a token's embedding, 1 or more
 * @param hidden H, the length of the hidden state, 1 or more
 */
public record ModelConfig(int embed, int hidden) {
  /** The largest size that is taken; a file that names a larger one is damaged. */
  static final int LARGEST = 1 << 20;

  /**
   * Checks the sizes.
   *
   * @param embed E, the length of a token's embedding, 1 or more
   * @param hidden H, the length of the hidden state, 1 or more
   * @throws IllegalArgumentException if a size is below 1 or above 2^20
   */
  public ModelConfig {
    if (embed < 1 || hidden < 1 || embed > LARGEST || hidden > LARGEST) {
      throw new IllegalArgumentException(
          "embedding and hidden size are 1 to " + LARGEST + ", found " + embed + " and " + hidden);
    }
  }
}
