package dev.surprisal.loss;

import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.Tensor;

/**
 * A loss of logits against target classes. Its mean divides by the weights of the targets that are
 * not ignored.
 */
public abstract class TargetLoss extends LogitsLoss {
  private final Tensor classWeights;
  private final Targets targets;

  /**
   * Creates a loss for batches of one size.
   *
   * @param operation the name of the loss in messages
   * @param device of the logits
   * @param tokens M
   * @param classes V
   * @param ignoreIndex the target of tokens to leave out
   * @param classWeights [V], or null for 1 each
   * @param settings reduction, options, statistics
   */
  protected TargetLoss(
      String operation,
      Device device,
      long tokens,
      long classes,
      int ignoreIndex,
      Tensor classWeights,
      LossSettings settings) {
    super(device, tokens, classes, settings);
    this.classWeights = classWeights;
    try {
      targets = new Targets(operation, arena(), positions(), classes, ignoreIndex);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  @Override
  protected final void prepare(LossKernels kernels, Tensor mean) {
    targets.weigh(kernels, classWeights, mean);
  }

  @Override
  protected final void count(LossKernels kernels, Tensor count) {
    targets.weigh(kernels, null, count);
  }

  /**
   * Returns the targets to write before a batch.
   *
   * @return the targets, all of class 0 until the first write
   */
  public final Targets targets() {
    return targets;
  }
}
