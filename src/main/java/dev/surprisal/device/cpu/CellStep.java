package dev.surprisal.device.cpu;

import dev.surprisal.device.Cell;

/**
 * What one cell computes at a step, for some sequences of a batch, between the matrix products of
 * {@link RecurrentOp} and {@link RecurrentBackwardOp}. Arrays hold one row of H elements per
 * sequence. Blocks 0 to 2 of the scratch memory are in use.
 */
interface CellStep {
  /** Returns the step of a cell. */
  static CellStep of(Cell cell) {
    return switch (cell) {
      case TANH -> TanhStep.INSTANCE;
    };
  }

  /**
   * Computes the states after a step.
   *
   * @param reserve holds the sums of the products and biases; receives what {@link #backward} needs
   * @param first the first sequence
   * @param rows the number of sequences
   * @param t the step
   * @param hidden holds h_{t−1}, receives h_t
   * @param scratch of the thread
   */
  void forward(SequenceRows reserve, int first, int rows, int t, float[] hidden, Scratch scratch);

  /**
   * Computes the gradient before the gates' activations.
   *
   * @param reserve as {@link #forward} left it; receives the gradient
   * @param first the first sequence
   * @param rows the number of sequences
   * @param t the step
   * @param hidden h_t
   * @param gradient the gradient of h_t; is overwritten
   * @param scratch of the thread
   */
  void backward(
      SequenceRows reserve,
      int first,
      int rows,
      int t,
      float[] hidden,
      float[] gradient,
      Scratch scratch);
}
