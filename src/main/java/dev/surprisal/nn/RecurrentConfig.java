package dev.surprisal.nn;

import dev.surprisal.device.Cell;

/**
 * The recurrent part of a network: layers of one cell and size, each reading the one below.
 *
 * @param cell what a unit computes in a step
 * @param hidden H, units of a layer
 * @param layers L, 1 to {@value #MOST_LAYERS}
 * @param dropout the probability with which training replaces an output of a layer by zero before
 *     the next layer reads it, in [0, 1)
 */
public record RecurrentConfig(Cell cell, int hidden, int layers, float dropout) {
  /** The largest number of layers. */
  public static final int MOST_LAYERS = 8;

  /**
   * Checks the sizes.
   *
   * @param cell what a unit computes in a step
   * @param hidden H, units of a layer
   * @param layers L, 1 to {@value #MOST_LAYERS}
   * @param dropout the probability of a zero between layers, in [0, 1)
   * @throws IllegalArgumentException if the hidden size is below 1, the number of layers is outside
   *     1 to {@value #MOST_LAYERS}, or the dropout is outside [0, 1) or has no layers to be between
   */
  public RecurrentConfig {
    if (hidden < 1 || layers < 1 || layers > MOST_LAYERS) {
      throw new IllegalArgumentException(
          "a recurrent network has a hidden size of 1 or more and 1 to "
              + MOST_LAYERS
              + " layers, found hidden size "
              + hidden
              + ", layers "
              + layers);
    }
    if (!(dropout >= 0 && dropout < 1) || (dropout > 0 && layers == 1)) {
      throw new IllegalArgumentException(
          "dropout between layers has a probability in [0, 1) and needs 2 layers or more, found "
              + dropout
              + " with "
              + layers
              + (layers == 1 ? " layer" : " layers"));
    }
  }

  /**
   * Describes layers without dropout.
   *
   * @param cell what a unit computes in a step
   * @param hidden H, 1 or more
   * @param layers L, 1 to {@value #MOST_LAYERS}
   */
  public RecurrentConfig(Cell cell, int hidden, int layers) {
    this(cell, hidden, layers, 0);
  }

  /**
   * Describes one layer of tanh cells.
   *
   * @param hidden H, 1 or more
   * @return the reference network's recurrent part
   */
  public static RecurrentConfig tanh(int hidden) {
    return new RecurrentConfig(Cell.TANH, hidden, 1);
  }
}
