package dev.surprisal.device;

/**
 * The state of a recurrent layer between two steps, or its gradient.
 *
 * @param hidden h, [B, H]
 * @param cell c, [B, H]; null for a cell of one state tensor
 */
public record RecurrentState(Tensor hidden, Tensor cell) {
  /**
   * Creates the state of a cell of one state tensor.
   *
   * @param hidden h, [B, H]
   */
  public RecurrentState(Tensor hidden) {
    this(hidden, null);
  }
}
