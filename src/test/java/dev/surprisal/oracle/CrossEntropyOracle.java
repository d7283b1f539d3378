package dev.surprisal.oracle;

/**
 * Cross-entropy of logits z with its gradient. With log q = log-softmax(z), every kind of target is
 * a row of coefficients c: the loss of the row is −Σ<sub>k</sub> c<sub>k</sub> log q<sub>k</sub>
 * and its gradient with respect to z<sub>k</sub> is q<sub>k</sub> Σ<sub>j</sub> c<sub>j</sub> −
 * c<sub>k</sub>. A coefficient of 0 contributes 0, whatever log q<sub>k</sub> is.
 */
public final class CrossEntropyOracle {
  private CrossEntropyOracle() {}

  /** What becomes of the losses of the rows. */
  public enum Reduction {
    /** One loss a row. */
    NONE,
    /** Their sum. */
    SUM,
    /**
     * Their sum, divided for hard targets by the weights of the targets of the rows that count, for
     * soft targets by the number of rows; 0 if that is 0.
     */
    MEAN
  }

  /**
   * Options, as PyTorch's.
   *
   * @param reduction what becomes of the losses of the rows
   * @param smoothing ε, in [0, 1]: that much of the target is spread evenly over all classes
   * @param weights w, one a class; null: all 1
   * @param ignoreIndex a row with this hard target has neither loss nor gradient nor weight
   */
  public record Options(Reduction reduction, double smoothing, double[] weights, int ignoreIndex) {
    /**
     * Nothing but a reduction: no smoothing, no weights, ignore index −100.
     *
     * @param reduction what becomes of the losses of the rows
     * @return the options
     */
    public static Options of(Reduction reduction) {
      return new Options(reduction, 0, null, -100);
    }

    private double weight(int label) {
      return weights == null ? 1 : weights[label];
    }
  }

  /**
   * Loss and gradient.
   *
   * @param loss [rows] for {@link Reduction#NONE}, else [1]
   * @param gradient of the logits, [rows, classes]
   */
  public record Result(double[] loss, double[] gradient) {}

  /**
   * Hard targets t: c<sub>k</sub> = (1 − ε) w<sub>t</sub> [k = t] + ε/V w<sub>k</sub>.
   *
   * @param logits z, [rows, classes]
   * @param targets t, [rows]
   * @param classes V
   * @param options reduction, smoothing, weights, ignored target
   * @param upstream gradient of the loss, [1], or for each row its own, [rows]; with a reduction
   *     the latter multiplies the gradients of the reduced loss row by row
   * @return loss and gradient
   */
  public static Result hard(
      double[] logits, int[] targets, int classes, Options options, double[] upstream) {
    double[] coefficients = new double[logits.length];
    double counted = 0;
    for (int row = 0; row < targets.length; row++) {
      int target = targets[row];
      if (target == options.ignoreIndex) {
        continue;
      }
      counted += options.weight(target);
      for (int k = 0; k < classes; k++) {
        coefficients[row * classes + k] =
            (k == target ? (1 - options.smoothing) * options.weight(target) : 0)
                + options.smoothing / classes * options.weight(k);
      }
    }
    return of(logits, coefficients, classes, options.reduction, counted, upstream);
  }

  /**
   * Soft targets p: c<sub>k</sub> = w<sub>k</sub> ((1 − ε) p<sub>k</sub> + ε/V). The ignore index
   * has no meaning here.
   *
   * @param logits z, [rows, classes]
   * @param probabilities p, [rows, classes]
   * @param classes V
   * @param options reduction, smoothing, weights
   * @param upstream gradient of the loss, [1], or for each row its own, [rows]; with a reduction
   *     the latter multiplies the gradients of the reduced loss row by row
   * @return loss and gradient
   */
  public static Result soft(
      double[] logits, double[] probabilities, int classes, Options options, double[] upstream) {
    double[] coefficients = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      coefficients[i] =
          options.weight(i % classes)
              * ((1 - options.smoothing) * probabilities[i] + options.smoothing / classes);
    }
    int rows = logits.length / classes;
    return of(logits, coefficients, classes, options.reduction, rows, upstream);
  }

  private static Result of(
      double[] logits,
      double[] coefficients,
      int classes,
      Reduction reduction,
      double counted,
      double[] upstream) {
    int rows = logits.length / classes;
    double share = reduction != Reduction.MEAN ? 1 : counted == 0 ? 0 : 1 / counted;
    double[] loss = new double[reduction == Reduction.NONE ? rows : 1];
    double[] gradient = new double[logits.length];
    for (int row = 0; row < rows; row++) {
      double scale = share * upstream[upstream.length == 1 ? 0 : row];
      loss[reduction == Reduction.NONE ? row : 0] +=
          share * row(logits, coefficients, gradient, row * classes, classes, scale);
    }
    return new Result(loss, gradient);
  }

  /** Writes the gradient of the row that begins at the offset, and returns its loss. */
  private static double row(
      double[] logits, double[] c, double[] gradient, int offset, int classes, double scale) {
    double total = 0;
    int top = offset;
    for (int k = offset; k < offset + classes; k++) {
      total += c[k];
      top = logits[k] > logits[top] ? k : top;
    }
    if (total == 0) {
      return 0;
    }
    // The largest term of Σ exp(z − max) is 1. The rest is kept apart from it, so that 1 − q of a
    // class that is almost certain keeps its digits.
    double rest = 0;
    for (int k = offset; k < offset + classes; k++) {
      rest += k == top ? 0 : Math.exp(logits[k] - logits[top]);
    }
    double loss = 0;
    for (int k = offset; k < offset + classes; k++) {
      double q = Math.exp(logits[k] - logits[top]) / (1 + rest);
      double others = k == top ? rest / (1 + rest) : 1 - q;
      gradient[k] = scale * ((total - c[k]) * q - c[k] * others);
      loss += c[k] == 0 ? 0 : c[k] * (Math.log1p(rest) - (logits[k] - logits[top]));
    }
    return loss;
  }
}
