package dev.surprisal.device;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A recurrent cell: what a recurrent layer computes at each step. */
public enum Cell {
  /** h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), as torch.nn.RNN. */
  TANH("rnn", 1, 1);

  private final String spelling;
  private final int gates;
  private final int states;

  Cell(String spelling, int gates, int states) {
    this.spelling = spelling;
    this.gates = gates;
    this.states = states;
  }

  /**
   * Returns the name of the cell in files.
   *
   * @return as in {@code rnn}
   */
  public String spelling() {
    return spelling;
  }

  /**
   * Returns the cell of a name.
   *
   * @param spelling as in {@code rnn}
   * @return the cell
   * @throws IllegalArgumentException if there is none
   */
  public static Cell parse(String spelling) {
    for (Cell cell : values()) {
      if (cell.spelling.equals(spelling)) {
        return cell;
      }
    }
    throw new IllegalArgumentException(
        "expected a cell of "
            + Arrays.stream(values()).map(Cell::spelling).collect(Collectors.joining(", "))
            + ", found \""
            + spelling
            + "\"");
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
