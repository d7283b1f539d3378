package dev.surprisal.oracle;

/**
 * q = softmax(z) of one row. The largest term of Σ exp(z − max) is 1; the rest is kept apart from
 * it, so that neither log q nor 1 − q of a class that is almost certain loses its digits.
 */
final class SoftmaxOracle {
  private final double[] z;
  private final int top;
  private final double rest;

  SoftmaxOracle(double[] z) {
    this.z = z;
    int largest = 0;
    for (int k = 0; k < z.length; k++) {
      largest = z[k] > z[largest] ? k : largest;
    }
    double others = 0;
    for (int k = 0; k < z.length; k++) {
      others += k == largest ? 0 : Math.exp(z[k] - z[largest]);
    }
    top = largest;
    rest = others;
  }

  int classes() {
    return z.length;
  }

  /** The lowest class with the largest z. */
  int argmax() {
    return top;
  }

  /** log Σ<sub>k</sub> exp z<sub>k</sub>. */
  double logSumExp() {
    return z[top] + Math.log1p(rest);
  }

  /** log q<sub>k</sub>. */
  double log(int k) {
    return z[k] - z[top] - Math.log1p(rest);
  }

  /** q<sub>k</sub>. */
  double of(int k) {
    return Math.exp(z[k] - z[top]) / (1 + rest);
  }

  /** 1 − q<sub>k</sub>. */
  double not(int k) {
    return k == top ? rest / (1 + rest) : 1 - of(k);
  }

  /** H(q) = −Σ<sub>k</sub> q<sub>k</sub> log q<sub>k</sub>; an impossible class adds 0. */
  double entropy() {
    double sum = 0;
    for (int k = 0; k < z.length; k++) {
      sum -= of(k) == 0 ? 0 : of(k) * log(k);
    }
    return sum;
  }
}
