package dev.surprisal.loss;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

/**
 * Cross-entropy plus the unlikelihood of tokens that should not come (Welleck et al. 2019): against
 * repetition, those are the tokens that came just before.
 */
public final class Unlikelihood extends TargetLoss {
  private final int ignoreIndex;
  private final float alpha;
  private final Tensor candidates;

  /**
   * A loss over batches of one size.
   *
   * @param device where the logits are
   * @param tokens M
   * @param classes V
   * @param candidates K, the most candidates that a token has, 1 or more
   * @param alpha the weight of the unlikelihood, 0 or more
   * @param ignoreIndex a target that takes no part
   * @param settings reduction, options of all losses, statistics
   * @throws IllegalArgumentException if there is no room for a candidate
   */
  public Unlikelihood(
      Device device,
      long tokens,
      long classes,
      int candidates,
      float alpha,
      int ignoreIndex,
      LossSettings settings) {
    super("unlikelihood", device, tokens, classes, ignoreIndex, null, settings);
    this.ignoreIndex = ignoreIndex;
    this.alpha = alpha;
    if (candidates < 1) {
      close();
      throw new IllegalArgumentException(
          "unlikelihood: expected room for 1 candidate a token or more, found " + candidates);
    }
    this.candidates = allocate(DType.INT32, tokens, candidates);
  }

  /**
   * The tokens that should not come; what is negative, the target itself and repeats count nothing.
   *
   * @return [M, K], INT32
   */
  public Tensor candidates() {
    return candidates;
  }

  @Override
  protected void compute(LossKernels kernels, LossRows part, long first) {
    kernels.unlikelihood(targets().ids(), candidates, ignoreIndex, alpha, part);
  }
}
