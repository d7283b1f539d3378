package dev.surprisal;

import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.RecurrentConfig;

/**
 * The layers of a language model and their sizes; the vocabulary gives the remaining size, V.
 *
 * @param embed E, the length of a token's embedding, 1 or more
 * @param recurrent the recurrent layers
 * @param head the last layer; one that is tied to the embedding needs E to be H
 */
public record ModelConfig(int embed, RecurrentConfig recurrent, HeadConfig head) {
  /** The largest size; a file that names a larger one is damaged. */
  static final int LARGEST = 1 << 20;

  /**
   * Checks the sizes.
   *
   * @param embed E, the length of a token's embedding, 1 or more
   * @param recurrent the recurrent layers
   * @param head the last layer
   * @throws IllegalArgumentException if a size is below 1 or above 2^20, or the last layer is tied
   *     and they differ
   */
  public ModelConfig {
    int hidden = recurrent.hidden();
    if (embed < 1 || embed > LARGEST || hidden > LARGEST) {
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
   * Describes a model of one tanh layer.
   *
   * @param embed E, the length of a token's embedding, 1 or more
   * @param hidden H, the length of the hidden state, 1 or more
   * @param head the last layer
   * @throws IllegalArgumentException if a size is below 1 or above 2^20, or the last layer is tied
   *     and they differ
   */
  public ModelConfig(int embed, int hidden, HeadConfig head) {
    this(embed, RecurrentConfig.tanh(hidden), head);
  }

  /**
   * Describes a model of one tanh layer and a projection.
   *
   * @param embed E, the length of a token's embedding, 1 or more
   * @param hidden H, the length of the hidden state, 1 or more
   * @throws IllegalArgumentException if a size is below 1 or above 2^20
   */
  public ModelConfig(int embed, int hidden) {
    this(embed, hidden, HeadConfig.PROJECTION);
  }

  /**
   * Returns the length of the hidden state.
   *
   * @return H
   */
  public int hidden() {
    return recurrent.hidden();
  }
}
