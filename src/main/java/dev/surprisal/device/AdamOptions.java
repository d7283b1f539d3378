package dev.surprisal.device;

/**
 * The constants of Adam (Kingma and Ba 2015, algorithm 1), by PyTorch's names.
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param eps added to the denominator, 0 or more
 * @param weightDecay times the parameter, added to its gradient (L2 penalty), 0 or more
 * @param maxNorm scales gradients by min(1, maxNorm / (norm + 1e-6)); infinite for no clipping
 */
public record AdamOptions(
    double beta1, double beta2, double eps, double weightDecay, double maxNorm) {
  /** PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, no weight decay; no clipping. */
  public static final AdamOptions DEFAULT =
      new AdamOptions(0.9, 0.999, 1e-8, 0, Double.POSITIVE_INFINITY);

  /**
   * Checks the constants.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param eps added to the denominator, 0 or more
   * @param weightDecay times the parameter, added to its gradient (L2 penalty), 0 or more
   * @param maxNorm gradients are scaled by min(1, maxNorm / (norm + 1e-6)); infinite for no
   *     clipping
   * @throws IllegalArgumentException if one is outside its range
   */
  public AdamOptions {
    require(beta1 >= 0 && beta1 < 1, "beta1 in [0, 1)", beta1);
    require(beta2 >= 0 && beta2 < 1, "beta2 in [0, 1)", beta2);
    require(eps >= 0, "eps of 0 or more", eps);
    require(weightDecay >= 0, "a weight decay of 0 or more", weightDecay);
    require(maxNorm > 0, "a maximal norm above 0", maxNorm);
  }

  /**
   * Returns these options with another bound on the gradient's norm.
   *
   * @param norm the bound, above 0; 0 for no clipping
   * @return options
   * @throws IllegalArgumentException if it is negative
   */
  public AdamOptions clippedAt(double norm) {
    return new AdamOptions(
        beta1, beta2, eps, weightDecay, norm == 0 ? Double.POSITIVE_INFINITY : norm);
  }

  private static void require(boolean holds, String expected, double found) {
    if (!holds) {
      throw new IllegalArgumentException("Adam takes " + expected + ", found " + found);
    }
  }
}
