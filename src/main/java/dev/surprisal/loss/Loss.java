package dev.surprisal.loss;

import dev.surprisal.device.Tensor;

/**
 * How far predictions are from what came, over batches of M tokens, and which way is better.
 *
 * <p>A loss is a function of logits, [M, V], or of the hidden states that a projection makes logits
 * of, [M, H]; its class says of which. What it compares with it holds itself, and is written there
 * before.
 *
 * <p>Not thread-safe; it lives as long as the device that it was made for and is closed before it.
 */
public interface Loss extends AutoCloseable {
  /**
   * Computes the losses.
   *
   * @param input logits [M, V] or hidden states [M, H]
   * @throws IllegalArgumentException if a shape does not fit, or a target is no class; what only
   *     the device sees is thrown at the next call that waits for it
   */
  void forward(Tensor input);

  /**
   * Computes the losses and the gradient of the reduced loss, in one pass.
   *
   * @param input logits [M, V] or hidden states [M, H]
   * @param gradLosses [M], what arrives at each token's loss, or null for 1 each; with a reduction
   *     it multiplies the gradient of the reduced value, token by token
   * @param accumulate whether to add to the gradients of parameters that are there; a loss of
   *     logits has none
   * @param gradInput the input's gradient; of logits it may be the logits themselves
   * @throws IllegalArgumentException as {@link #forward}
   */
  void forwardBackward(Tensor input, Tensor gradLosses, boolean accumulate, Tensor gradInput);

  /**
   * The losses of single tokens, in nats, before any division; 0 where ignored.
   *
   * @return [M]
   */
  Tensor losses();

  /**
   * The reduced loss.
   *
   * @return [1]
   * @throws IllegalStateException if there is no reduction
   */
  Tensor total();

  @Override
  void close();
}
