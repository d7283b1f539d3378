package dev.surprisal.device.cpu;

import dev.surprisal.device.LossOptions;

/**
 * The row that a loss is at, as the loss sees it: q = softmax(z′) of its logits after the options.
 * The gradients of all losses have the form g_v = mass·q_v − p_v, to which the options add
 * q_v·(2λ·lse + β·(log q_v + H(q))).
 */
final class LossRow {
  final Softmax softmax = new Softmax();
  private float[] gradient;
  private int classes;
  private int row;
  private int token;
  private double mass;
  private double factor;
  private double added;
  private double penalty;

  void select(int newRow, int newToken, int place) {
    row = newRow;
    token = newToken;
    softmax.select(place);
  }

  /** Which of the rows it is: that of operands which go with the logits. */
  int row() {
    return row;
  }

  /** The token that the row belongs to. */
  int token() {
    return token;
  }

  /**
   * What q_v is multiplied by in the gradient at every class v; the loss says so with its value.
   */
  void mass(double newMass) {
    mass = newMass;
  }

  /** Puts factor times the gradient but for p in the place of the softmax's terms. */
  void startGradient(float[] terms, int newClasses, double newFactor, LossOptions options) {
    gradient = terms;
    classes = newClasses;
    factor = newFactor;
    penalty = options.confidencePenalty();
    added = 0;
    if (options.zLoss() > 0) {
      added += 2 * options.zLoss() * softmax.logSumExp();
    }
    if (penalty > 0) {
      added += penalty * softmax.meanDepth();
    }
    double perTerm = factor / softmax.sum();
    int from = softmax.from();
    if (penalty == 0) {
      VectorMath.scale(terms, from, from + classes, (float) (perTerm * (mass + added)));
      return;
    }
    for (int v = 0; v < classes; v++) {
      double q = perTerm * terms[from + v];
      terms[from + v] = q == 0 ? 0 : (float) (q * (mass + added + penalty * softmax.margin(v)));
    }
  }

  /**
   * Sets the gradient at a class where p is not 0; keeps the digits of mass·q_v − p where q_v nears
   * 1.
   */
  void p(int v, double p) {
    double q = StrictMath.exp(softmax.logProbability(v));
    double others = v == softmax.top() ? softmax.othersOfTop() : 1 - q;
    double more = q == 0 ? 0 : q * (added + penalty * softmax.margin(v));
    gradient[softmax.from() + v] = (float) (factor * ((mass - p) * q - p * others + more));
  }

  /** Subtracts a p of all classes. */
  void p(float[] p) {
    float times = (float) factor;
    float[] g = gradient;
    int from = softmax.from();
    for (int v = 0; v < classes; v++) {
      g[from + v] -= times * p[v];
    }
    p(softmax.top(), p[softmax.top()]);
  }
}
