package dev.surprisal.oracle;

/**
 * Tanh recurrence, batch first: h<sub>t</sub> = tanh(W<sub>ih</sub> x<sub>t</sub> + b<sub>ih</sub>
 * + W<sub>hh</sub> h<sub>t−1</sub> + b<sub>hh</sub>) from a given h<sub>0</sub>.
 */
public final class RnnOracle {
  private RnnOracle() {}

  /**
   * Sizes of a sequence.
   *
   * @param batch B, number of sequences
   * @param window T, steps of each
   * @param inputs E, width of x<sub>t</sub>
   * @param hidden H, width of h<sub>t</sub>
   */
  public record Shape(int batch, int window, int inputs, int hidden) {}

  /**
   * Parameters of the layer, or their gradients.
   *
   * @param weightIh W<sub>ih</sub>, [H, E]
   * @param weightHh W<sub>hh</sub>, [H, H]
   * @param biasIh b<sub>ih</sub>, [H]
   * @param biasHh b<sub>hh</sub>, [H]
   */
  public record Parameters(
      double[] weightIh, double[] weightHh, double[] biasIh, double[] biasHh) {}

  /**
   * What {@link #forward} returns.
   *
   * @param output h<sub>1</sub> to h<sub>T</sub>, [B, T, H]
   * @param last h<sub>T</sub>, [B, H]
   */
  public record Result(double[] output, double[] last) {}

  /**
   * Gradients of the inputs of {@link #forward}.
   *
   * @param x [B, T, E]
   * @param initial of h<sub>0</sub>, [B, H]
   * @param parameters of the parameters
   */
  public record Gradients(double[] x, double[] initial, Parameters parameters) {}

  /**
   * Runs the sequences.
   *
   * @param x [B, T, E]
   * @param initial h<sub>0</sub>, [B, H]
   * @param parameters of the layer
   * @param shape sizes
   * @return all states and the last
   */
  public static Result forward(double[] x, double[] initial, Parameters parameters, Shape shape) {
    int inputs = shape.inputs;
    int hidden = shape.hidden;
    double[] output = new double[shape.batch * shape.window * hidden];
    double[] last = initial.clone();
    for (int b = 0; b < shape.batch; b++) {
      for (int t = 0; t < shape.window; t++) {
        int step = b * shape.window + t;
        for (int j = 0; j < hidden; j++) {
          double sum = parameters.biasIh[j] + parameters.biasHh[j];
          for (int e = 0; e < inputs; e++) {
            sum += parameters.weightIh[j * inputs + e] * x[step * inputs + e];
          }
          for (int k = 0; k < hidden; k++) {
            sum += parameters.weightHh[j * hidden + k] * last[b * hidden + k];
          }
          output[step * hidden + j] = Math.tanh(sum);
        }
        System.arraycopy(output, step * hidden, last, b * hidden, hidden);
      }
    }
    return new Result(output, last);
  }

  /**
   * Gradients of everything that {@link #forward} takes, back through the whole window: with
   * da<sub>t</sub> = (1 − h<sub>t</sub>²) dh<sub>t</sub>, the gradient that step t passes on is
   * W<sub>hh</sub>ᵀ da<sub>t</sub> to h<sub>t−1</sub> and W<sub>ih</sub>ᵀ da<sub>t</sub> to
   * x<sub>t</sub>.
   *
   * @param x [B, T, E]
   * @param initial h<sub>0</sub>, [B, H]
   * @param parameters of the layer
   * @param output what forward returned, [B, T, H]
   * @param gradOutput gradient of output, [B, T, H]
   * @param gradLast gradient of the last state beside that of output, [B, H]
   * @param shape sizes
   * @return the gradients
   */
  public static Gradients backward(
      double[] x,
      double[] initial,
      Parameters parameters,
      double[] output,
      double[] gradOutput,
      double[] gradLast,
      Shape shape) {
    int inputs = shape.inputs;
    int hidden = shape.hidden;
    Parameters d =
        new Parameters(
            new double[hidden * inputs],
            new double[hidden * hidden],
            new double[hidden],
            new double[hidden]);
    double[] gradX = new double[x.length];
    double[] gradState = gradLast.clone();
    for (int b = 0; b < shape.batch; b++) {
      for (int t = shape.window - 1; t >= 0; t--) {
        int step = b * shape.window + t;
        double[] previous = t == 0 ? initial : output;
        int at = t == 0 ? b * hidden : (step - 1) * hidden;
        double[] passed = new double[hidden];
        for (int j = 0; j < hidden; j++) {
          double h = output[step * hidden + j];
          double da = (1 - h * h) * (gradOutput[step * hidden + j] + gradState[b * hidden + j]);
          d.biasIh[j] += da;
          d.biasHh[j] += da;
          for (int e = 0; e < inputs; e++) {
            d.weightIh[j * inputs + e] += da * x[step * inputs + e];
            gradX[step * inputs + e] += da * parameters.weightIh[j * inputs + e];
          }
          for (int k = 0; k < hidden; k++) {
            d.weightHh[j * hidden + k] += da * previous[at + k];
            passed[k] += da * parameters.weightHh[j * hidden + k];
          }
        }
        System.arraycopy(passed, 0, gradState, b * hidden, hidden);
      }
    }
    return new Gradients(gradX, gradState, d);
  }
}
