package dev.surprisal.nn;

import dev.surprisal.device.Cell;

/**
 * The recurrent part of a network: layers of one cell and size, each reading the one below.
 *
 * @param cell what a unit computes in a step
 * @param hidden H, units of a layer
 * @param layers L, 1 to {@value #MOST_LAYERS}
 */
public record RecurrentConfig(Cell cell, int hidden, int layers) {
  /** The largest number of layers. */
  public static final int MOST_LAYERS = 8;

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if the hidden size is below 1 or the number of layers is
   *     outside 1 to {@value #MOST_LAYERS}
   */
  public RecurrentConfig {
    if (hidden < 1 || layers < 1 || layers > MOST_LAYERS) {
      throw new IllegalArgumentException(
          "a recurrent network has a hidden size of 1 or more and 1 to "
              + MOST_LAYERS
              + " layers, found hidden size "
              + hidden
              + " and "
              + layers
              + " layers");
    }
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
