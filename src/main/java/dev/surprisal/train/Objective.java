package dev.surprisal.train;

import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Pass;
import java.util.Map;

/** A training loss of a network's hidden states, for batches of one shape. */
interface Objective extends AutoCloseable {
  /**
   * Writes the targets of a batch, before the step is issued.
   *
   * @param inputs the tokens read, [B·T]
   * @param targets the tokens that follow them, [B·T]
   * @param carriesState whether the windows continue those of the batch before
   */
  void write(int[] inputs, int[] targets, boolean carriesState);

  /**
   * Issues the loss of a forward pass, and the gradients of the last layer and of the pass's hidden
   * states.
   *
   * @param pass in training
   */
  void compute(Pass pass);

  /** The loss of the batch, [1]. */
  Tensor total();

  /** Continues as if so many steps had been done. */
  default void resume(long steps) {}

  /** The state that the next step starts from, by its names in a checkpoint. */
  default Map<String, Tensor> state() {
    return Map.of();
  }

  /** Whether every step issues the same operations, so that a device may record them. */
  default boolean repeats() {
    return true;
  }

  @Override
  void close();
}
