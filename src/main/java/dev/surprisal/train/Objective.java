package dev.surprisal.train;

import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Pass;
import dev.surprisal.nn.State;

/** What training minimises: a loss of a network's hidden states, for batches of one shape. */
interface Objective extends AutoCloseable {
  /**
   * Takes what the loss compares with, before the step is issued.
   *
   * @param inputs the tokens read, [B·T]
   * @param targets the tokens that follow them, [B·T]
   * @param carriesState whether the windows go on where those before ended
   */
  void write(int[] inputs, int[] targets, boolean carriesState);

  /**
   * Issues the loss of a pass that has gone forward, and the gradients of the last layer and of the
   * pass's hidden states.
   *
   * @param pass in training
   */
  void compute(Pass pass);

  /**
   * Issues the loss alone.
   *
   * @param pass that has gone forward
   */
  void forward(Pass pass);

  /** The loss of the batch, [1]. */
  Tensor total();

  /**
   * Goes on as if so many steps had been done.
   *
   * @param steps how many
   */
  default void resume(long steps) {}

  /** A state of its own that the next step starts from; null if there is none. */
  default State state() {
    return null;
  }

  /** Whether every step issues the same operations, so that they may be recorded. */
  default boolean repeats() {
    return true;
  }

  @Override
  void close();
}
