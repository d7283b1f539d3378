package dev.surprisal.oracle;

import dev.surprisal.oracle.LossRowsOracle.Loss;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Distillation (Hinton et al. 2015): w T² D(p, r) − (1 − w) log q<sub>t</sub>, where p = softmax(y
 * / T) of a teacher's logits y and r = softmax(z / T). A class that one of them rules out adds 0
 * wherever its probability is a factor.
 *
 * @param teacher y, [rows, classes]
 * @param targets t; null only if w is 1
 * @param kind of D
 * @param beta β of D
 * @param temperature T
 * @param weight w
 */
public record DivergenceOracle(
    double[] teacher, Targets targets, Kind kind, double beta, double temperature, double weight)
    implements Loss {

  /** How far r is from p; gradients are with respect to x of r = softmax(x). */
  public enum Kind {
    /** Σ<sub>k</sub> p<sub>k</sub> log(p<sub>k</sub> / r<sub>k</sub>), of gradient r − p. */
    KL,
    /** D = Σ<sub>k</sub> r<sub>k</sub> l<sub>k</sub>, l = log(r / p), of gradient r (l − D). */
    REVERSE_KL,
    /**
     * β KL(p, m) + (1 − β) KL(r, m), m = β p + (1 − β) r. With l = log(r / m) its gradient is (1 −
     * β) r (l − Σ<sub>k</sub> r<sub>k</sub> l<sub>k</sub>).
     */
    JENSEN_SHANNON
  }

  @Override
  public double of(int row, int token, SoftmaxOracle q, double[] gradient) {
    int classes = gradient.length;
    double[] y = Arrays.copyOfRange(teacher, row * classes, (row + 1) * classes);
    SoftmaxOracle p = softmax(Arrays.stream(y));
    SoftmaxOracle r = softmax(IntStream.range(0, classes).mapToDouble(q::log));
    double loss = weight * temperature * temperature * divergence(p, r, gradient);
    for (int k = 0; k < classes; k++) {
      // ∂x/∂z = 1 / T.
      gradient[k] *= weight * temperature;
    }
    if (weight != 1) {
      int target = targets.classes()[token];
      loss -= (1 - weight) * q.log(target);
      for (int k = 0; k < classes; k++) {
        gradient[k] += (1 - weight) * (k == target ? -q.not(k) : q.of(k));
      }
    }
    return loss;
  }

  private SoftmaxOracle softmax(DoubleStream logits) {
    return new SoftmaxOracle(logits.map(z -> z / temperature).toArray());
  }

  /** D, and its gradient with respect to x. */
  private double divergence(SoftmaxOracle p, SoftmaxOracle r, double[] gradient) {
    double ofP = 0;
    double ofR = 0;
    double[] l = new double[gradient.length];
    for (int k = 0; k < l.length; k++) {
      double m = Math.log(beta * p.of(k) + (1 - beta) * r.of(k));
      switch (kind) {
        case KL -> ofP += p.of(k) == 0 ? 0 : p.of(k) * (p.log(k) - r.log(k));
        case REVERSE_KL -> l[k] = r.of(k) == 0 ? 0 : r.log(k) - p.log(k);
        case JENSEN_SHANNON -> {
          ofP += p.of(k) == 0 ? 0 : p.of(k) * (p.log(k) - m);
          l[k] = r.of(k) == 0 ? 0 : r.log(k) - m;
        }
      }
      ofR += r.of(k) * l[k];
    }
    double share = kind == Kind.JENSEN_SHANNON ? 1 - beta : 1;
    for (int k = 0; k < l.length; k++) {
      gradient[k] =
          kind == Kind.KL
              ? r.of(k) * p.not(k) - p.of(k) * r.not(k)
              : share * r.of(k) * (l[k] - ofR);
    }
    return kind == Kind.JENSEN_SHANNON ? beta * ofP + share * ofR : ofP + ofR;
  }
}
