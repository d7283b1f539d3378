package dev.surprisal.device;

/** A recurrent cell: what a recurrent layer computes at each step. */
public enum Cell {
  /** h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), as torch.nn.RNN. */
  TANH(1, 1);

  private final int gates;
  private final int states;

  Cell(int gates, int states) {
    this.gates = gates;
    this.states = states;
  }

  /**
   * Returns G: the number of rows of a weight, and of elements of a bias, per hidden unit.
   *
   * @return 1 or more
   */
  public int gates() {
    return gates;
  }

  /**
   * Returns the number of state tensors that a step passes to the next one.
   *
   * @return 1 for the hidden state alone, 2 if there is a cell state too
   */
  public int states() {
    return states;
  }
}
