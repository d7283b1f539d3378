package dev.surprisal.loss;

import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

/**
 * Focal loss (Lin et al. 2017): (1 − q(target))^γ times the cross-entropy, so that well predicted
 * tokens weigh less.
 */
public final class Focal extends TargetLoss {
  private final int ignoreIndex;
  private final Tensor classWeights;
  private final float gamma;

  /**
   * Creates a loss for batches of one size.
   *
   * @param device of the logits
   * @param tokens M
   * @param classes V
   * @param gamma γ, 0 or more; 0 is the cross-entropy
   * @param ignoreIndex the target of tokens to leave out
   * @param classWeights [V], or null for 1 each
   * @param settings reduction, options of all losses, statistics
   * @throws IllegalArgumentException if gamma is negative or not finite
   */
  public Focal(
      Device device,
      long tokens,
      long classes,
      float gamma,
      int ignoreIndex,
      Tensor classWeights,
      LossSettings settings) {
    super("focal loss", device, tokens, classes, ignoreIndex, classWeights, settings);
    this.ignoreIndex = ignoreIndex;
    this.classWeights = classWeights;
    this.gamma = gamma;
  }

  @Override
  protected void compute(LossKernels kernels, LossRows part, long first) {
    kernels.focal(targets().ids(), ignoreIndex, classWeights, gamma, part);
  }
}
