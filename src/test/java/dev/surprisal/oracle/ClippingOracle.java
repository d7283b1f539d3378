package dev.surprisal.oracle;

import java.util.Collection;

/** Clipping by global norm: g ← g · min(1, bound / (‖g‖₂ + 1e-6)), ‖g‖₂ over all gradients. */
public final class ClippingOracle {
  private ClippingOracle() {}

  /**
   * The norm of all gradients together.
   *
   * @param gradients all of them
   * @return √Σ g²
   */
  public static double norm(Collection<double[]> gradients) {
    double sum = 0;
    for (double[] gradient : gradients) {
      for (double g : gradient) {
        sum += g * g;
      }
    }
    return Math.sqrt(sum);
  }

  /**
   * Clips in place.
   *
   * @param gradients all of them
   * @param bound largest norm allowed
   * @return the norm before
   */
  public static double clip(Collection<double[]> gradients, double bound) {
    double norm = norm(gradients);
    double factor = Math.min(1, bound / (norm + 1e-6));
    for (double[] gradient : gradients) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= factor;
      }
    }
    return norm;
  }
}
