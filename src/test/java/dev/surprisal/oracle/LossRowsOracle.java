package dev.surprisal.oracle;

import java.util.Arrays;

/**
 * What all losses of rows of logits z have in common. A {@link Loss} is one of z′ = c tanh(s z / c)
 * and q = softmax(z′); added to it are λ lse(z′)² and −β H(q). An impossible class, z = −∞, stays
 * one under a cap.
 *
 * <p>Row i belongs to token positions(i). What arrives at it is the upstream gradient of the token
 * over the divisor, or 0 if the divisor is 0. A row whose target is ignored has neither loss nor
 * gradient.
 */
public final class LossRowsOracle {
  private LossRowsOracle() {}

  /**
   * What is done to the logits and added to a loss.
   *
   * @param scale s
   * @param softCap c, or 0 for none
   * @param zLoss λ
   * @param confidencePenalty β
   */
  public record Options(double scale, double softCap, double zLoss, double confidencePenalty) {
    /** Nothing. */
    public static final Options NONE = new Options(1, 0, 0, 0);
  }

  /**
   * Rows of logits and the tokens that they belong to.
   *
   * @param logits z, [N, V]
   * @param classes V
   * @param options what is done to the logits and added to the loss
   * @param positions token of each row, [N]; null: row i belongs to token i of N
   * @param tokens M
   * @param upstream gradient of each token's loss, [M]; null: 1
   * @param divisor what gradients are divided by
   */
  public record Rows(
      double[] logits,
      int classes,
      Options options,
      int[] positions,
      int tokens,
      double[] upstream,
      double divisor) {

    /**
     * Rows in the order of the tokens, nothing divided.
     *
     * @param logits z, [N, V]
     * @param classes V
     * @return rows
     */
    public static Rows of(double[] logits, int classes) {
      return new Rows(logits, classes, Options.NONE, null, logits.length / classes, null, 1);
    }

    /**
     * The same with other logits.
     *
     * @param other z, [N, V]
     * @return rows
     */
    public Rows withLogits(double[] other) {
      return new Rows(other, classes, options, positions, tokens, upstream, divisor);
    }

    /**
     * The same with other options.
     *
     * @param other what is done to the logits and added to the loss
     * @return rows
     */
    public Rows with(Options other) {
      return new Rows(logits, classes, other, positions, tokens, upstream, divisor);
    }

    /**
     * The same, of some of a number of tokens.
     *
     * @param newPositions token of each row
     * @param newTokens M
     * @return rows
     */
    public Rows at(int[] newPositions, int newTokens) {
      return new Rows(logits, classes, options, newPositions, newTokens, upstream, divisor);
    }

    /**
     * The same with another gradient arriving.
     *
     * @param newUpstream gradient of each token's loss, [M], or null
     * @param newDivisor what it is divided by
     * @return rows
     */
    public Rows arriving(double[] newUpstream, double newDivisor) {
      return new Rows(logits, classes, options, positions, tokens, newUpstream, newDivisor);
    }

    /**
     * How many rows there are.
     *
     * @return N
     */
    public int count() {
      return logits.length / classes;
    }

    /**
     * The token that a row belongs to.
     *
     * @param row of N
     * @return of M
     */
    public int token(int row) {
      return positions == null ? row : positions[row];
    }

    private double factor(int token) {
      return divisor == 0 ? 0 : (upstream == null ? 1 : upstream[token]) / divisor;
    }

    private double map(double z) {
      if (options.softCap == 0 || z == Double.NEGATIVE_INFINITY) {
        return options.scale * z;
      }
      return options.softCap * Math.tanh(options.scale * z / options.softCap);
    }

    /** ∂z′/∂z. */
    private double slope(double z) {
      if (options.softCap == 0) {
        return options.scale;
      }
      double tanh = Math.tanh(options.scale * z / options.softCap);
      return options.scale * (1 - tanh * tanh);
    }
  }

  /**
   * Target classes.
   *
   * @param classes one a token, [M]
   * @param ignoreIndex what is no target
   */
  public record Targets(int[] classes, int ignoreIndex) {
    /**
     * How many tokens have a target.
     *
     * @return those that are not ignored
     */
    public int count() {
      return (int) Arrays.stream(classes).filter(target -> target != ignoreIndex).count();
    }

    boolean ignored(int token) {
      return classes[token] == ignoreIndex;
    }
  }

  /** One loss. */
  public interface Loss {
    /**
     * The target classes.
     *
     * @return null where targets are something else
     */
    Targets targets();

    /**
     * The loss of a row that is not ignored.
     *
     * @param row whose it is
     * @param token that the row belongs to
     * @param q softmax(z′)
     * @param gradient of the loss with respect to z′ is written here, [V]
     * @return the loss
     */
    double of(int row, int token, SoftmaxOracle q, double[] gradient);
  }

  /**
   * What comes of rows; of a token without a row NaN, or −1 for the argmax.
   *
   * @param losses [M]
   * @param gradient of the logits, [N, V]
   * @param logSumExp lse(z′), [M]
   * @param logProbability log q of the target, 0 if ignored, [M]; NaN without target classes
   * @param entropy H(q), [M]
   * @param correct 1 if the target is the argmax and not ignored, else 0, [M]; NaN without target
   *     classes
   * @param argmax lowest class with the largest z′, [M]
   */
  public record Result(
      double[] losses,
      double[] gradient,
      double[] logSumExp,
      double[] logProbability,
      double[] entropy,
      double[] correct,
      int[] argmax) {
    private Result(int tokens, int elements) {
      this(
          nan(tokens),
          new double[elements],
          nan(tokens),
          nan(tokens),
          nan(tokens),
          nan(tokens),
          new int[tokens]);
      Arrays.fill(argmax, -1);
    }

    private static double[] nan(int size) {
      double[] values = new double[size];
      Arrays.fill(values, Double.NaN);
      return values;
    }
  }

  /**
   * Losses, gradients and statistics of all rows.
   *
   * @param rows logits and what arrives at them
   * @param loss which
   * @return what comes of it
   */
  public static Result of(Rows rows, Loss loss) {
    Result result = new Result(rows.tokens, rows.logits.length);
    for (int row = 0; row < rows.count(); row++) {
      int token = rows.token(row);
      double[] z = Arrays.copyOfRange(rows.logits, row * rows.classes, (row + 1) * rows.classes);
      SoftmaxOracle q = new SoftmaxOracle(Arrays.stream(z).map(rows::map).toArray());
      writeStatistics(result, token, q, loss.targets());
      if (loss.targets() != null && loss.targets().ignored(token)) {
        result.losses[token] = 0;
        continue;
      }
      double[] gradient = new double[rows.classes];
      result.losses[token] = loss.of(row, token, q, gradient) + added(rows.options, q, gradient);
      for (int k = 0; k < rows.classes; k++) {
        result.gradient[row * rows.classes + k] =
            rows.factor(token) * gradient[k] * rows.slope(z[k]);
      }
    }
    return result;
  }

  private static void writeStatistics(Result result, int token, SoftmaxOracle q, Targets targets) {
    result.logSumExp[token] = q.logSumExp();
    result.entropy[token] = q.entropy();
    result.argmax[token] = q.argmax();
    if (targets != null) {
      boolean ignored = targets.ignored(token);
      int target = targets.classes[token];
      result.logProbability[token] = ignored ? 0 : q.log(target);
      result.correct[token] = !ignored && target == q.argmax() ? 1 : 0;
    }
  }

  /**
   * λ lse² − β H(q), of gradient 2 λ lse q<sub>k</sub> + β q<sub>k</sub> (log q<sub>k</sub> + H).
   */
  private static double added(Options options, SoftmaxOracle q, double[] gradient) {
    double lse = q.logSumExp();
    double entropy = q.entropy();
    for (int k = 0; k < gradient.length; k++) {
      if (options.zLoss != 0) {
        gradient[k] += 2 * options.zLoss * lse * q.of(k);
      }
      if (q.of(k) != 0) {
        gradient[k] += options.confidencePenalty * q.of(k) * (q.log(k) + entropy);
      }
    }
    return (options.zLoss == 0 ? 0 : options.zLoss * lse * lse)
        - options.confidencePenalty * entropy;
  }
}
