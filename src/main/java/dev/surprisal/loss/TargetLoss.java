package dev.surprisal.loss;

import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.Tensor;

/**
 * A loss of logits against target classes. Its mean divides by the weights of those that are not
 * ignored.
 */
public abstract class TargetLoss extends LogitsLoss {
  private final Tensor classWeights;
  private final Targets targets;

  /**
   * A loss over batches of one size.
   *
   * @param operation whose name messages bear
   * @param device where the logits are
   * @param tokens M
   * @param classes V
   * @param ignoreIndex a target that takes no part
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
   * What it compares with.
   *
   * @return the targets, all of class 0 until they are written
   */
  public final Targets targets() {
    return targets;
  }
}
