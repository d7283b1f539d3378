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
   * The number of classes.
   *
   * @return V
   */
  long classes();

  /**
   * The size of a hidden state.
   *
   * @return H
   */
  long width();

  /** Gives back what it holds beyond its parameters. */
  @Override
  void close();
}
