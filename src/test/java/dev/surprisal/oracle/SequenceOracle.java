package dev.surprisal.oracle;

/**
 * Losses of n-best lists. A sequence's score s is the sum of its tokens' log-probabilities, which
 * are its token losses negated, or their mean. The loss of a batch is the mean over its lists.
 */
public final class SequenceOracle {
  private SequenceOracle() {}

  /**
   * Tokens that make sequences, which make lists.
   *
   * @param starts where each sequence starts among the tokens
   * @param lengths how many tokens each has
   * @param lists which sequence each list begins with, and how many there are in all
   * @param costs of the sequences
   */
  public record Lists(int[] starts, int[] lengths, int[] lists, double[] costs) {
    int count() {
      return lists.length - 1;
    }
  }

  /**
   * How lists are judged.
   *
   * @param ranks whether by the ranking of pairs; if not, by their risk
   * @param scale β, of the scores
   * @param margin of the ranking
   * @param likelihood λ: −λ s of the first sequence of least cost is added
   * @param normalised whether a score is a mean
   */
  public record Options(
      boolean ranks, double scale, double margin, double likelihood, boolean normalised) {}

  /**
   * Losses and gradient.
   *
   * @param scores s, one a sequence
   * @param listLosses one a list
   * @param gradient of their mean by each token's loss
   */
  public record Result(double[] scores, double[] listLosses, double[] gradient) {
    /**
     * The loss of the batch.
     *
     * @return the mean over the lists
     */
    public double mean() {
      double sum = 0;
      for (double loss : listLosses) {
        sum += loss;
      }
      return sum / listLosses.length;
    }
  }

  /**
   * Judges lists.
   *
   * @param losses of the tokens
   * @param lists which of them belong together
   * @param options how
   * @return losses and gradient
   */
  public static Result of(double[] losses, Lists lists, Options options) {
    double[] scores = new double[lists.costs.length];
    for (int i = 0; i < scores.length; i++) {
      for (int t = 0; t < lists.lengths[i]; t++) {
        scores[i] -= losses[lists.starts[i] + t];
      }
      scores[i] /= options.normalised ? lists.lengths[i] : 1;
    }
    double[] slopes = new double[scores.length];
    double[] listLosses = new double[lists.count()];
    for (int l = 0; l < listLosses.length; l++) {
      int first = lists.lists[l];
      int end = lists.lists[l + 1];
      listLosses[l] =
          options.ranks
              ? ranking(scores, lists.costs, first, end, options, slopes)
              : risk(scores, lists.costs, first, end, options, slopes);
      int cheapest = first;
      for (int i = first; i < end; i++) {
        cheapest = lists.costs[i] < lists.costs[cheapest] ? i : cheapest;
      }
      listLosses[l] -= options.likelihood * scores[cheapest];
      slopes[cheapest] -= options.likelihood;
    }
    double[] gradient = new double[losses.length];
    for (int i = 0; i < scores.length; i++) {
      for (int t = 0; t < lists.lengths[i]; t++) {
        double share = options.normalised ? 1.0 / lists.lengths[i] : 1;
        gradient[lists.starts[i] + t] = -slopes[i] * share / lists.count();
      }
    }
    return new Result(scores, listLosses, gradient);
  }

  /**
   * R = Σ<sub>i</sub> P<sub>i</sub> c<sub>i</sub> with P = softmax(β s); ∂R/∂s<sub>i</sub> = β
   * P<sub>i</sub> Σ<sub>j</sub> P<sub>j</sub> (c<sub>i</sub> − c<sub>j</sub>).
   */
  private static double risk(
      double[] s, double[] c, int first, int end, Options options, double[] slopes) {
    double top = Double.NEGATIVE_INFINITY;
    for (int i = first; i < end; i++) {
      top = Math.max(top, s[i]);
    }
    double sum = 0;
    for (int i = first; i < end; i++) {
      sum += Math.exp(options.scale * (s[i] - top));
    }
    double risk = 0;
    for (int i = first; i < end; i++) {
      double p = Math.exp(options.scale * (s[i] - top)) / sum;
      risk += p * c[i];
      for (int j = first; j < end; j++) {
        double q = Math.exp(options.scale * (s[j] - top)) / sum;
        slopes[i] += options.scale * p * q * (c[i] - c[j]);
      }
    }
    return risk;
  }

  /**
   * The mean of max(0, m − β (s<sub>i</sub> − s<sub>j</sub>)) over pairs of c<sub>i</sub> &lt;
   * c<sub>j</sub>.
   */
  private static double ranking(
      double[] s, double[] c, int first, int end, Options options, double[] slopes) {
    int pairs = 0;
    double loss = 0;
    for (int i = first; i < end; i++) {
      for (int j = first; j < end; j++) {
        if (c[i] < c[j]) {
          pairs++;
          double hinge = options.margin - options.scale * (s[i] - s[j]);
          if (hinge > 0) {
            loss += hinge;
            slopes[i] -= options.scale;
            slopes[j] += options.scale;
          }
        }
      }
    }
    for (int i = first; i < end && pairs > 0; i++) {
      slopes[i] /= pairs;
    }
    return pairs == 0 ? 0 : loss / pairs;
  }
}
