package dev.surprisal.oracle;

/**
 * Adam, with g the gradient plus weight decay · p: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p
 * ← p − lr · m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
 */
public final class AdamOracle {
  private AdamOracle() {}

  /**
   * Hyper-parameters.
   *
   * @param lr learning rate
   * @param beta1 β₁
   * @param beta2 β₂
   * @param eps ε
   * @param weightDecay times p, added to the gradient
   */
  public record Options(double lr, double beta1, double beta2, double eps, double weightDecay) {
    /**
     * PyTorch's defaults but for the learning rate.
     *
     * @param lr learning rate
     * @return the options
     */
    public static Options of(double lr) {
      return new Options(lr, 0.9, 0.999, 1e-8, 0);
    }
  }

  /**
   * One step, in place.
   *
   * @param p parameters
   * @param gradient of the parameters; unchanged
   * @param m first moment
   * @param v second moment
   * @param step t, 1 for the first
   * @param options hyper-parameters
   */
  public static void step(
      double[] p, double[] gradient, double[] m, double[] v, int step, Options options) {
    double correction1 = 1 - Math.pow(options.beta1, step);
    double correction2 = 1 - Math.pow(options.beta2, step);
    for (int i = 0; i < p.length; i++) {
      double g = gradient[i] + options.weightDecay * p[i];
      m[i] = options.beta1 * m[i] + (1 - options.beta1) * g;
      v[i] = options.beta2 * v[i] + (1 - options.beta2) * g * g;
      p[i] -= options.lr * (m[i] / correction1) / (Math.sqrt(v[i] / correction2) + options.eps);
    }
  }
}
