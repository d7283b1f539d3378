package dev.surprisal.device.cpu;

import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/**
 * Cross-entropy and −α·Σ_c log(1 − q_c) over candidates c. With r_c = q_c / (1 − q_c) the gradient
 * has mass 1 − α·Σ r, and p is 1 at the target and −α·r_c at c.
 */
final class UnlikelihoodOp extends LossRowsOp {
  /** Below this the terms of a row without its top are too small for floats. */
  private static final double LEAST_REST = 1e-30;

  private final Ints candidates = new Ints();
  private int width;
  private int[] ofToken = new int[0];
  private double alpha;

  UnlikelihoodOp(Workers workers) {
    super(workers);
  }

  void run(
      Tensor newTargets, Tensor newCandidates, int ignoreIndex, float newAlpha, LossRows rows) {
    set(rows);
    targets.set(newTargets, ignoreIndex, classes(), tokens(), rows());
    candidates.set(newCandidates);
    width = Math.toIntExact(newCandidates.shape().size(1));
    alpha = newAlpha;
    ofToken = ofToken.length < width ? new int[width] : ofToken;
    for (int n = 0; n < rows(); n++) {
      check(tokens().of(n));
    }
    work();
  }

  private void check(int token) {
    candidates.read(token * (long) width, ofToken, 0, width);
    for (int k = 0; k < width; k++) {
      if (ofToken[k] >= classes()) {
        throw ValueErrors.outsideVocabulary(
            "cross-entropy", token * (long) width + k, ofToken[k], classes());
      }
    }
  }

  /** Collects the candidates that count, from the left; returns their number. */
  private int candidates(int token, Scratch scratch) {
    if (alpha == 0) {
      return 0;
    }
    int[] found = scratch.ids(width);
    candidates.read(token * (long) width, found, 0, width);
    scratch.classes.clear(classes());
    scratch.classes.add(targets.of(token));
    int count = 0;
    for (int k = 0; k < width; k++) {
      if (found[k] >= 0 && scratch.classes.add(found[k])) {
        found[count++] = found[k];
      }
    }
    return count;
  }

  @Override
  protected double value(LossRow row, Scratch scratch) {
    Softmax q = row.softmax;
    int count = candidates(row.token(), scratch);
    int[] candidate = scratch.ids(width);
    double logs = 0;
    double ratios = 0;
    for (int k = 0; k < count; k++) {
      if (certain(q, candidate[k])) {
        logs += logRest(q);
      } else {
        logs += StrictMath.log(q.others(candidate[k]));
        ratios += ratio(q, candidate[k]);
      }
    }
    row.mass(1 - alpha * ratios);
    return -q.logProbability(targets.of(row.token())) - alpha * logs;
  }

  @Override
  protected void gradient(LossRow row, Scratch scratch) {
    Softmax q = row.softmax;
    int target = targets.of(row.token());
    int count = candidates(row.token(), scratch);
    int[] candidate = scratch.ids(width);
    double[] ratio = scratch.doubles(width);
    double ofTop = 0;
    double ofOthers = 0;
    boolean certain = false;
    for (int k = 0; k < count; k++) {
      certain |= certain(q, candidate[k]);
      ratio[k] = certain(q, candidate[k]) ? 0 : ratio(q, candidate[k]);
      if (candidate[k] == q.top()) {
        ofTop = ratio[k];
      } else {
        ofOthers += ratio[k];
      }
    }
    double shareOfTarget = certain ? spread(row, scratch)[target] : 0;
    for (int k = 0; k < count && !certain; k++) {
      int c = candidate[k];
      double others = c == q.top() ? ofOthers : ofTop + (ofOthers - ratio[k]);
      row.set(c, q.probability(c) * (1 + alpha - alpha * others));
    }
    if (certain) {
      row.set(q.top(), q.probability(q.top()) * (1 + alpha - alpha * ofOthers));
    }
    row.p(target, 1 + shareOfTarget);
  }

  private boolean certain(Softmax q, int v) {
    return v == q.top() && q.others(v) < LEAST_REST;
  }

  private static double ratio(Softmax q, int v) {
    return q.probability(v) / q.others(v);
  }

  /** Returns log(1 − q_top) if q_top is almost 1. */
  private double logRest(Softmax q) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int v = 0; v < classes(); v++) {
      largest = v == q.top() ? largest : Math.max(largest, q.margin(v));
    }
    double sum = 0;
    for (int v = 0; v < classes(); v++) {
      sum += v == q.top() ? 0 : StrictMath.exp(q.margin(v) - largest);
    }
    return largest + StrictMath.log(sum);
  }

  /** Adds what q_top loses to the other classes: α times the share of each in 1 − q_top. */
  private float[] spread(LossRow row, Scratch scratch) {
    float[] p = scratch.block(FREE, classes());
    double logRest = logRest(row.softmax);
    for (int v = 0; v < classes(); v++) {
      double margin = row.softmax.margin(v);
      p[v] = (float) (margin < logRest + 1 ? alpha * StrictMath.exp(margin - logRest) : 0);
    }
    row.p(p, 0);
    return p;
  }
}
