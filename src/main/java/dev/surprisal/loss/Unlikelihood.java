package dev.surprisal.loss;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

/**
 * Cross-entropy plus the unlikelihood of unwanted tokens (Welleck et al. 2019): against repetition,
 * the tokens just before.
 */
public final class Unlikelihood extends TargetLoss {
  private final int ignoreIndex;
  private final float alpha;
  private final Tensor candidates;

  /**
   * Creates a loss for batches of one size.
   *
   * @param device of the logits
   * @param tokens M
   * @param classes V
   * @param candidates K, the most candidates of a token, 1 or more
   * @param alpha the weight of the unlikelihood, 0 or more
   * @param ignoreIndex the target of tokens to leave out
   * @param settings reduction, options of all losses, statistics
   * @throws IllegalArgumentException if K is less than 1
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
          "unlikelihood: expected 1 candidate per token or more, found " + candidates);
    }
    this.candidates = allocate(DType.INT32, tokens, candidates);
  }

  /**
   * Returns the unwanted tokens to write before a batch; negative values, the target itself and
   * repeats have no effect.
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
