package dev.surprisal.oracle;

/**
 * Losses in which S samples s from a distribution P stand for all classes, from the logits z of
 * samples and the logit z<sub>t</sub> of the target t. With c<sub>v</sub> = log(S·P(v)):
 *
 * <ul>
 *   <li>sampled softmax: log(exp(z<sub>t</sub>) + Σ<sub>s≠t</sub> exp(z<sub>s</sub> −
 *       c<sub>s</sub>)) − z<sub>t</sub>;
 *   <li>noise-contrastive estimation: −log σ(z<sub>t</sub> − c<sub>t</sub>) − Σ<sub>s</sub> log
 *       σ(c<sub>s</sub> − z<sub>s</sub>).
 * </ul>
 */
public final class SampledOracle {
  private SampledOracle() {}

  /**
   * Losses and gradients of some rows.
   *
   * @param losses [rows]
   * @param logits gradient of the samples' logits, [rows, S]
   * @param targetLogits gradient of the targets' logits, [rows]
   */
  public record Result(double[] losses, double[] logits, double[] targetLogits) {}

  /**
   * Sampled softmax.
   *
   * @param logits z of the samples, [rows, S]
   * @param targetLogits z of the targets, [rows]
   * @param targets t, [rows]
   * @param samples s, [S]
   * @param logProbabilities log P, [V]
   * @param upstream gradient of the losses, [rows]
   * @return losses and gradients
   */
  public static Result softmax(
      double[] logits,
      double[] targetLogits,
      int[] targets,
      int[] samples,
      double[] logProbabilities,
      double[] upstream) {
    int count = samples.length;
    Result result = nothing(targets.length, count);
    for (int n = 0; n < targets.length; n++) {
      double[] terms = new double[count];
      double rest = 0;
      for (int i = 0; i < count; i++) {
        double c = Math.log(count) + logProbabilities[samples[i]];
        double relative = (logits[n * count + i] - targetLogits[n]) - c;
        terms[i] = samples[i] == targets[n] ? 0 : Math.exp(relative);
        rest += terms[i];
      }
      result.losses[n] = Math.log1p(rest);
      for (int i = 0; i < count; i++) {
        result.logits[n * count + i] = upstream[n] * terms[i] / (1 + rest);
      }
      result.targetLogits[n] = -upstream[n] * rest / (1 + rest);
    }
    return result;
  }

  /**
   * Noise-contrastive estimation; parameters as those of {@link #softmax}.
   *
   * @param logits z of the samples, [rows, S]
   * @param targetLogits z of the targets, [rows]
   * @param targets t, [rows]
   * @param samples s, [S]
   * @param logProbabilities log P, [V]
   * @param upstream gradient of the losses, [rows]
   * @return losses and gradients
   */
  public static Result noise(
      double[] logits,
      double[] targetLogits,
      int[] targets,
      int[] samples,
      double[] logProbabilities,
      double[] upstream) {
    int count = samples.length;
    Result result = nothing(targets.length, count);
    for (int n = 0; n < targets.length; n++) {
      double own = targetLogits[n] - Math.log(count) - logProbabilities[targets[n]];
      result.losses[n] = softplus(-own);
      result.targetLogits[n] = -upstream[n] * sigmoid(-own);
      for (int i = 0; i < count; i++) {
        double x = logits[n * count + i] - Math.log(count) - logProbabilities[samples[i]];
        result.losses[n] += softplus(x);
        result.logits[n * count + i] = upstream[n] * sigmoid(x);
      }
    }
    return result;
  }

  /**
   * log(1 + e^x), which is −log σ(−x).
   *
   * @param x any
   * @return 0 or more
   */
  public static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /**
   * σ(x) = 1 / (1 + e^−x).
   *
   * @param x any
   * @return in [0, 1]
   */
  public static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static Result nothing(int rows, int count) {
    return new Result(new double[rows], new double[rows * count], new double[rows]);
  }
}
