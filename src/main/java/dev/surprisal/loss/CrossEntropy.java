package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Reduction;
import dev.surprisal.device.Tensor;

/**
 * The cross-entropy H(p, q) between target distributions p and q = softmax(logits), in nats, as
 * torch.nn.CrossEntropyLoss; for a target class it is the class's surprisal, −log q(class).
 *
 * <p>Where nothing is counted, because every target is ignored or the batch is empty, the mean is 0
 * and has no gradient; PyTorch's is 0/0.
 */
public final class CrossEntropy implements AutoCloseable {
  private final CrossEntropyOptions options;
  private final Arena arena;
  private final Tensor losses;
  private final Tensor total;

  /**
   * A loss over batches of one size.
   *
   * @param device where the logits are
   * @param rows N, the number of tokens in a batch
   * @param options ignore index, label smoothing, class weights, reduction
   */
  public CrossEntropy(Device device, long rows, CrossEntropyOptions options) {
    this.options = options;
    arena = new Arena(device);
    try {
      losses = arena.allocate(DType.FLOAT32, rows);
      total = options.reduction() == Reduction.NONE ? null : arena.allocate(DType.FLOAT32, 1);
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  /**
   * Computes the losses of target classes.
   *
   * @param logits [N, V]
   * @param targets N elements, INT32
   * @throws IllegalArgumentException if a target is neither a class nor the ignore index
   */
  public void forward(Tensor logits, Tensor targets) {
    arena.device().kernels().crossEntropy(logits, targets, null, options, losses, total, null);
  }

  /**
   * Computes the losses of target classes and the gradient of the reduced loss, in one pass.
   *
   * @param logits [N, V]
   * @param targets N elements, INT32
   * @param gradLosses [N], what arrives at each loss, or null for 1 each
   * @param gradLogits [N, V]; may be the logits themselves
   * @throws IllegalArgumentException if a target is neither a class nor the ignore index
   */
  public void forwardBackward(Tensor logits, Tensor targets, Tensor gradLosses, Tensor gradLogits) {
    arena
        .device()
        .kernels()
        .crossEntropy(logits, targets, gradLosses, options, losses, total, gradLogits);
  }

  /**
   * Computes the losses of target distributions.
   *
   * @param logits [N, V]
   * @param probabilities [N, V], each row 0 or more and of sum 1
   * @throws IllegalArgumentException if a row is no distribution
   */
  public void forwardSoft(Tensor logits, Tensor probabilities) {
    arena
        .device()
        .kernels()
        .crossEntropySoft(logits, probabilities, null, options, losses, total, null);
  }

  /**
   * Computes the losses of target distributions and the gradient of the reduced loss, in one pass.
   *
   * @param logits [N, V]
   * @param probabilities [N, V], each row 0 or more and of sum 1
   * @param gradLosses [N], what arrives at each loss, or null for 1 each
   * @param gradLogits [N, V]; may be the logits themselves
   * @throws IllegalArgumentException if a row is no distribution
   */
  public void forwardBackwardSoft(
      Tensor logits, Tensor probabilities, Tensor gradLosses, Tensor gradLogits) {
    arena
        .device()
        .kernels()
        .crossEntropySoft(logits, probabilities, gradLosses, options, losses, total, gradLogits);
  }

  /**
   * The losses of single tokens, in nats; 0 where ignored.
   *
   * @return [N]
   */
  public Tensor losses() {
    return losses;
  }

  /**
   * The reduced loss.
   *
   * @return [1]
   * @throws IllegalStateException if there is no reduction
   */
  public Tensor total() {
    if (total == null) {
      throw new IllegalStateException("a loss without reduction has no total: read losses()");
    }
    return total;
  }

  @Override
  public void close() {
    arena.close();
  }
}
