package dev.surprisal.device.cpu;

import dev.surprisal.device.LossOptions;

/**
 * The current row of a loss: q = softmax(z′) of its logits after the options. The gradients of all
 * losses have the form g_v = mass·q_v − p_v, to which the options add q_v·(2λ·lse + β·(log q_v +
 * H(q))).
 */
final class LossRow {
  final Softmax softmax = new Softmax();
  private float[] gradient;
  private int classes;
  private int token;
  private int place;
  private double mass;
  private double factor;
  private double added;
  private double penalty;

  void select(int newToken, int newPlace, int newClasses) {
    token = newToken;
    place = newPlace;
    classes = newClasses;
    softmax.select(newPlace);
  }

  /** Returns the token of the row. */
  int token() {
    return token;
  }

  /** Returns the index of the row in its chunk. */
  int place() {
    return place;
  }

  /** Sets the factor of q_v in the gradient of every class v; a loss sets it with its value. */
  void mass(double newMass) {
    mass = newMass;
  }

  double mass() {
    return mass;
  }

  /** Returns −Σ_v p_v·log q_v with p from an index of an array on, and sets the mass to Σ_v p_v. */
  double crossEntropy(float[] p, int at) {
    double loss = 0;
    double sum = 0;
    for (int v = 0; v < classes; v++) {
      float ofClass = p[at + v];
      if (ofClass != 0) {
        loss -= ofClass * softmax.logProbability(v);
        sum += ofClass;
      }
    }
    mass = sum;
    return loss;
  }

  /** Overwrites the softmax's terms with the gradient without p, times factor. */
  void startGradient(float[] terms, double newFactor, LossOptions options) {
    gradient = terms;
    factor = newFactor;
    penalty = options.confidencePenalty();
    added = 0;
    if (options.zLoss() > 0) {
      added += 2 * options.zLoss() * softmax.logSumExp();
    }
    if (penalty > 0) {
      added += penalty * softmax.entropy();
    }
    double perTerm = factor / softmax.sum();
    int from = softmax.from();
    if (penalty == 0) {
      VectorMath.scale(terms, from, from + classes, (float) (perTerm * (mass + added)));
      return;
    }
    for (int v = 0; v < classes; v++) {
      double q = perTerm * terms[from + v];
      double log = softmax.logProbability(v);
      terms[from + v] = q == 0 ? 0 : (float) (q * (mass + added + penalty * log));
    }
  }

  /** Sets the gradient of the loss at a class. */
  void set(int v, double g) {
    set(v, softmax.probability(v), g);
  }

  /** Sets it at a class with p ≠ 0; keeps the digits of mass·q_v − p if q_v is near 1. */
  void p(int v, double p) {
    double q = softmax.probability(v);
    double others = v == softmax.top() ? softmax.others(v) : 1 - q;
    set(v, q, (mass - p) * q - p * others);
  }

  private void set(int v, double q, double g) {
    double more = q == 0 || added == 0 ? 0 : q * (added + penalty * softmax.logProbability(v));
    gradient[softmax.from() + v] = (float) (factor * (g + more));
  }

  /** Sets it from the p of all classes. */
  void p(float[] p, int at) {
    float times = (float) factor;
    float[] g = gradient;
    int from = softmax.from();
    for (int v = 0; v < classes; v++) {
      g[from + v] -= times * p[at + v];
    }
    p(softmax.top(), p[at + softmax.top()]);
  }
}
