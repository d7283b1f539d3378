package dev.surprisal.device;

/**
 * Options of every loss of logits: changes to the logits and additions to the loss. The loss is a
 * function of z′ = cap·tanh(s·z / cap), or of s·z without a cap, and of q = softmax(z′).
 *
 * @param scale s, the inverse of a temperature, above 0
 * @param softCap cap, above 0, or 0 for none (Gemma 2)
 * @param zLoss λ, 0 or more: λ·lse(z′)² is added (ST-MoE, Zoph et al. 2022)
 * @param confidencePenalty β, 0 or more: β·H(q) is subtracted (Pereyra et al. 2017)
 */
public record LossOptions(float scale, float softCap, float zLoss, float confidencePenalty) {
  /** Unchanged logits and no additions. */
  public static final LossOptions NONE = new LossOptions(1, 0, 0, 0);

  /**
   * Checks the options.
   *
   * @param scale s, the inverse of a temperature, above 0
   * @param softCap cap, above 0, or 0 for none
   * @param zLoss λ, 0 or more
   * @param confidencePenalty β, 0 or more
   * @throws IllegalArgumentException if one is outside its range or not finite
   */
  public LossOptions {
    require(scale > 0, "a logit scale above 0", scale);
    require(softCap >= 0, "a soft cap above 0, or 0 for none", softCap);
    require(zLoss >= 0, "a z-loss of 0 or more", zLoss);
    require(confidencePenalty >= 0, "a confidence penalty of 0 or more", confidencePenalty);
  }

  private static void require(boolean holds, String expected, float found) {
    if (!holds || !Float.isFinite(found)) {
      throw new IllegalArgumentException("a loss takes " + expected + ", found " + found);
    }
  }
}
