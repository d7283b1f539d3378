package dev.surprisal.loss;

import dev.surprisal.device.Tensor;

/**
 * A loss of predictions over batches of M tokens, with its gradients.
 *
 * <p>Its input is logits, [M, V], or the hidden states of a projection, [M, H]; each class says
 * which. Write targets to the loss before a batch.
 *
 * <p>Not thread-safe. Close it before its device.
 */
public interface Loss extends AutoCloseable {
  /**
   * Computes the losses.
   *
   * @param input logits [M, V] or hidden states [M, H]
   * @throws IllegalArgumentException if a shape does not fit, or a target is not a class; faults
   *     that only the device finds are thrown by the next call that waits for it
   */
  void forward(Tensor input);

  /**
   * Computes the losses and the gradient of the reduced loss, in one pass.
   *
   * @param input logits [M, V] or hidden states [M, H]
   * @param gradLosses [M], the gradient of each token's loss, or null for 1 each; with a reduction
   *     it multiplies the gradient of the reduced value, token by token
   * @param accumulate whether to add to the gradients of parameters instead of replacing them; a
   *     loss of logits has no parameters
   * @param gradInput the input's gradient; of logits it may be the logits themselves
   * @throws IllegalArgumentException in the cases of {@link #forward}
   */
  void forwardBackward(Tensor input, Tensor gradLosses, boolean accumulate, Tensor gradInput);

  /**
   * Returns the losses of single tokens, in nats, before any division; 0 where ignored.
   *
   * @return [M]
   */
  Tensor losses();

  /**
   * Returns the reduced loss.
   *
   * @return [1]
   * @throws IllegalStateException if the loss has no reduction
   */
  Tensor total();

  @Override
  void close();
}
