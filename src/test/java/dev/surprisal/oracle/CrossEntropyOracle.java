package dev.surprisal.oracle;

import dev.surprisal.oracle.LossRowsOracle.Loss;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import java.util.Arrays;

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
   * @param targets t, [tokens]
   * @param options smoothing, weights, ignored target
   * @return the loss of a row
   */
  public static Loss ofClasses(int[] targets, Options options) {
    return new Coefficients(new Targets(targets, options.ignoreIndex)) {
      @Override
      void fill(int row, int token, double[] c) {
        for (int k = 0; k < c.length; k++) {
          c[k] = options.smoothing / c.length * options.weight(k);
        }
        c[targets[token]] += (1 - options.smoothing) * options.weight(targets[token]);
      }
    };
  }

  /**
   * Soft targets p: c<sub>k</sub> = w<sub>k</sub> ((1 − ε) p<sub>k</sub> + ε/V). The ignore index
   * has no meaning here.
   *
   * @param probabilities p, [rows, classes]
   * @param options smoothing, weights
   * @return the loss of a row
   */
  public static Loss ofDistributions(double[] probabilities, Options options) {
    return new Coefficients(null) {
      @Override
      void fill(int row, int token, double[] c) {
        for (int k = 0; k < c.length; k++) {
          double p = probabilities[row * c.length + k];
          c[k] = options.weight(k) * ((1 - options.smoothing) * p + options.smoothing / c.length);
        }
      }
    };
  }

  /**
   * Sparse soft targets: c is p at K of the classes, and what is missing to 1 is spread evenly over
   * the others.
   *
   * @param ids the classes, [tokens, K]
   * @param probabilities p, [tokens, K]
   * @param k K
   * @return the loss of a row
   */
  public static Loss ofSparse(int[] ids, double[] probabilities, int k) {
    return new Coefficients(null) {
      @Override
      void fill(int row, int token, double[] c) {
        double missing = 1;
        for (int i = token * k; i < (token + 1) * k; i++) {
          missing -= probabilities[i];
        }
        Arrays.fill(c, k == c.length ? 0 : Math.max(0, missing) / (c.length - k));
        for (int i = token * k; i < (token + 1) * k; i++) {
          c[ids[i]] = probabilities[i];
        }
      }
    };
  }

  private abstract static class Coefficients implements Loss {
    private final Targets targets;

    Coefficients(Targets targets) {
      this.targets = targets;
    }

    /** Writes c, [V]. */
    abstract void fill(int row, int token, double[] c);

    @Override
    public Targets targets() {
      return targets;
    }

    @Override
    public double of(int row, int token, SoftmaxOracle q, double[] gradient) {
      double[] c = new double[gradient.length];
      fill(row, token, c);
      double total = Arrays.stream(c).sum();
      double loss = 0;
      for (int k = 0; k < c.length; k++) {
        loss -= c[k] == 0 ? 0 : c[k] * q.log(k);
        gradient[k] = (total - c[k]) * q.of(k) - c[k] * q.not(k);
      }
      return loss;
    }
  }

  /**
   * Hard targets, reduced as PyTorch does.
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
    double counted =
        Arrays.stream(targets)
            .filter(target -> target != options.ignoreIndex)
            .mapToDouble(options::weight)
            .sum();
    return reduce(logits, classes, ofClasses(targets, options), options, counted, upstream);
  }

  /**
   * Soft targets, reduced as PyTorch does.
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
    int rows = logits.length / classes;
    return reduce(
        logits, classes, ofDistributions(probabilities, options), options, rows, upstream);
  }

  private static Result reduce(
      double[] logits, int classes, Loss loss, Options options, double counted, double[] upstream) {
    double divisor = options.reduction == Reduction.MEAN ? counted : 1;
    double[] arriving = new double[logits.length / classes];
    Arrays.setAll(arriving, row -> upstream[upstream.length == 1 ? 0 : row]);
    LossRowsOracle.Result rows =
        LossRowsOracle.of(Rows.of(logits, classes).arriving(arriving, divisor), loss);
    double sum = Arrays.stream(rows.losses()).sum();
    return new Result(
        options.reduction == Reduction.NONE
            ? rows.losses()
            : new double[] {divisor == 0 ? 0 : sum / divisor},
        rows.gradient());
  }
}
