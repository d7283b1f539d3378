package dev.surprisal.oracle;

/** Affine map: y = x Wᵀ + b, with x [rows, in], W [out, in], b [out] and y [rows, out]. */
public final class LinearOracle {
  private LinearOracle() {}

  /**
   * Gradients of the inputs of {@link #forward}.
   *
   * @param x dx = dy W, [rows, in]
   * @param weight dW = dyᵀ x, [out, in]
   * @param bias db = Σ dy over the rows, [out]
   */
  public record Gradients(double[] x, double[] weight, double[] bias) {}

  /**
   * y = x Wᵀ + b.
   *
   * @param x [rows, in]
   * @param weight [out, in]
   * @param bias [out]
   * @param in width of a row of x
   * @param out width of a row of y
   * @return y, [rows, out]
   */
  public static double[] forward(double[] x, double[] weight, double[] bias, int in, int out) {
    int rows = x.length / in;
    double[] y = new double[rows * out];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        double sum = bias[o];
        for (int i = 0; i < in; i++) {
          sum += x[r * in + i] * weight[o * in + i];
        }
        y[r * out + o] = sum;
      }
    }
    return y;
  }

  /**
   * Gradients of everything that {@link #forward} takes.
   *
   * @param x [rows, in]
   * @param weight [out, in]
   * @param gradOutput dy, [rows, out]
   * @param in width of a row of x
   * @param out width of a row of y
   * @return dx, dW and db
   */
  public static Gradients backward(
      double[] x, double[] weight, double[] gradOutput, int in, int out) {
    Gradients d = new Gradients(new double[x.length], new double[weight.length], new double[out]);
    for (int r = 0; r < x.length / in; r++) {
      for (int o = 0; o < out; o++) {
        double dy = gradOutput[r * out + o];
        d.bias[o] += dy;
        for (int i = 0; i < in; i++) {
          d.x[r * in + i] += dy * weight[o * in + i];
          d.weight[o * in + i] += dy * x[r * in + i];
        }
      }
    }
    return d;
  }
}
