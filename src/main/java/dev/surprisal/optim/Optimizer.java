package dev.surprisal.optim;

import dev.surprisal.device.Tensor;
import java.util.Map;

/**
 * A rule that updates parameters from their gradients. Whatever changes from step to step (moments,
 * step number, learning rate) lives in device memory, so that a step can be recorded.
 */
public interface Optimizer extends AutoCloseable {
  /** Updates the parameters from the gradients of one step. */
  void step();

  /**
   * Sets the learning rate of the steps that follow.
   *
   * @param rate above 0 and finite, also as a float
   * @throws IllegalArgumentException if it is not
   */
  void learningRate(double rate);

  /**
   * Returns the tensors that a run needs to resume, by their names in a checkpoint.
   *
   * @return the live state, which a checkpoint reads and writes
   */
  Map<String, Tensor> state();

  /** Releases the state; the parameters stay. */
  @Override
  void close();
}
