package dev.surprisal.oracle;

import java.util.function.ToDoubleFunction;

/**
 * Numerical gradients: ∂f/∂x<sub>i</sub> ≈ (f(x + h e<sub>i</sub>) − f(x − h e<sub>i</sub>)) / 2h.
 */
public final class CentralDifferences {
  /** Truncation grows with h², rounding with 1/h; for f and x near 1 both are near 1e-10 here. */
  private static final double H = 1e-5;

  private static final Tolerance TOLERANCE = new Tolerance(1e-7, 1e-7);

  private CentralDifferences() {}

  /**
   * The numerical gradient of a function.
   *
   * @param f function of x; it sees the very array given, one value of it moved
   * @param x where; unchanged afterwards
   * @return ∂f/∂x
   */
  public static double[] gradient(ToDoubleFunction<double[]> f, double[] x) {
    double[] gradient = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double value = x[i];
      x[i] = value + H;
      double plus = f.applyAsDouble(x);
      x[i] = value - H;
      double minus = f.applyAsDouble(x);
      x[i] = value;
      gradient[i] = (plus - minus) / (2 * H);
    }
    return gradient;
  }

  /**
   * Fails unless a gradient is the numerical one, to 1e-7 relative or absolute.
   *
   * @param what its name, for the message
   * @param f function of x, near 1 in value
   * @param x where; unchanged afterwards
   * @param gradient what is claimed of ∂f/∂x
   */
  public static void check(
      String what, ToDoubleFunction<double[]> f, double[] x, double[] gradient) {
    TOLERANCE.assertClose(what, gradient(f, x), gradient);
  }

  /**
   * Makes a number of a tensor, so that its gradient is the upstream one: Σ upstream · y.
   *
   * @param upstream gradient of y
   * @param y a result
   * @return the sum
   */
  public static double dot(double[] upstream, double[] y) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += upstream[i] * y[i];
    }
    return sum;
  }
}
