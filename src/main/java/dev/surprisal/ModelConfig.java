package dev.surprisal;

import dev.surprisal.nn.HeadConfig;

/**
 * The sizes of a language model and its last layer; the vocabulary gives the third size, V.
 *
 * @param embed E, the length of a token's embedding, 1 or more
 * @param hidden H, the length of the hidden state, 1 or more
 * @param head the last layer; one that is tied to the embedding needs E to be H
 */
public record ModelConfig(int embed, int hidden, HeadConfig head) {
  /** The largest size that is taken; a file that names a larger one is damaged. */
  static final int LARGEST = 1 << 20;

  /**
   * Checks the sizes.
   *
   * @param embed E, the length of a token's embedding, 1 or more
   * @param hidden H, the length of the hidden state, 1 or more
   * @param head the last layer
   * @throws IllegalArgumentException if a size is below 1 or above 2^20, or the last layer is tied
   *     and they differ
   */
  public ModelConfig {
    if (embed < 1 || hidden < 1 || embed > LARGEST || hidden > LARGEST) {
      throw new IllegalArgumentException(
          "embedding and hidden size are 1 to " + LARGEST + ", found " + embed + " and " + hidden);
    }
    if (head instanceof HeadConfig.Tied && embed != hidden) {
      throw new IllegalArgumentException(
          "a projection tied to the embedding needs an embedding of the hidden size, found "
              + embed
              + " and "
              + hidden);
    }
  }

  /**
   * Sizes of a model whose last layer is a projection.
   *
   * @param embed E, the length of a token's embedding, 1 or more
   * @param hidden H, the length of the hidden state, 1 or more
   * @throws IllegalArgumentException if a size is below 1 or above 2^20
   */
  public ModelConfig(int embed, int hidden) {
    this(embed, hidden, HeadConfig.PROJECTION);
  }
}
