package dev.surprisal.nn;

import dev.surprisal.device.Tensor;

/** The last layer of a language model: from hidden states to a distribution over classes. */
public interface Head extends AutoCloseable {
  /**
   * Draws the parameters from PyTorch's distributions.
   *
   * @param seed of the random numbers
   */
  void initialise(long seed);

  /**
   * Computes logits, whose softmax is the distribution.
   *
   * @param hidden N·H elements
   * @param logits N·V elements
   */
  void logits(Tensor hidden, Tensor logits);

  /**
   * Returns the number of classes.
   *
   * @return V
   */
  long classes();

  /**
   * Returns the size of a hidden state.
   *
   * @return H
   */
  long width();

  /** Releases what it allocated besides its parameters. */
  @Override
  void close();
}
