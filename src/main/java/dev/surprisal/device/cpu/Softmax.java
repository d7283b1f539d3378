package dev.surprisal.device.cpu;

/**
 * The softmax q of rows of logits z, with all digits of a probability near 1. Let m be the largest
 * logit, top the lowest class with that logit, and e_v = exp(z_v − m). Then 1 − q_top is the sum of
 * the other terms over that of all, and the log-probability of v is z_v − m − log1p(sum of others).
 *
 * <p>Logits are given as x with z = scale·x. If the largest logit of a row is NaN or infinite,
 * every probability of the row is NaN.
 */
final class Softmax {
  private float[] x;
  private float[] terms;
  private int classes;
  private float scale;
  private float[] largest = new float[0];
  private int[] tops = new int[0];
  private double[] rests = new double[0];

  private int from;
  private int top;
  private float max;
  private double rest;
  private double sum;
  private double logSum;
  private int kept;
  private double ofKept;

  /** Computes the terms e of consecutive rows; the logits x must stay unchanged. */
  void set(
      float[] newX, int rows, int newClasses, float newScale, float[] newTerms, Scratch scratch) {
    x = newX;
    terms = newTerms;
    classes = newClasses;
    scale = newScale;
    if (largest.length < rows) {
      largest = new float[rows];
      tops = new int[rows];
      rests = new double[rows];
    }
    if (classes < Scratch.BLOCK) {
      shortRows(rows, scratch);
    } else {
      for (int row = 0; row < rows; row++) {
        longRow(row, scratch);
      }
    }
  }

  private void shortRows(int rows, Scratch scratch) {
    boolean deep = false;
    int count = rows * classes;
    System.arraycopy(x, 0, terms, 0, count);
    for (int row = 0; row < rows; row++) {
      float least = findTop(row, scratch);
      deep |= !(least >= -VectorMath.TERM_DOMAIN);
      VectorMath.subtract(terms, row * classes, (row + 1) * classes, largest[row]);
    }
    for (int at = 0; at < count; at += Scratch.BLOCK) {
      int size = Math.min(Scratch.BLOCK, count - at);
      System.arraycopy(terms, at, scratch.argument, 0, size);
      exp(size, deep, scratch);
      System.arraycopy(scratch.argument, 0, terms, at, size);
    }
    for (int row = 0; row < rows; row++) {
      int at = row * classes + tops[row];
      float ofTop = terms[at];
      terms[at] = 0;
      rests[row] = VectorMath.sum(terms, row * classes, (row + 1) * classes);
      terms[at] = ofTop;
    }
  }

  private void longRow(int row, Scratch scratch) {
    boolean deep = !(findTop(row, scratch) >= -VectorMath.TERM_DOMAIN);
    int first = row * classes;
    double others = 0;
    for (int at = 0; at < classes; at += Scratch.BLOCK) {
      int size = Math.min(Scratch.BLOCK, classes - at);
      int place = tops[row] - at;
      System.arraycopy(x, first + at, scratch.argument, 0, size);
      VectorMath.subtract(scratch.argument, 0, size, largest[row]);
      exp(size, deep, scratch);
      System.arraycopy(scratch.argument, 0, terms, first + at, size);
      if (place >= 0 && place < size) {
        scratch.argument[place] = 0;
      }
      others += VectorMath.sumInParts(scratch.argument, size);
    }
    rests[row] = others;
  }

  private void exp(int count, boolean deep, Scratch scratch) {
    if (scale != 1) {
      VectorMath.scale(scratch.argument, 0, count, scale);
    }
    if (deep) {
      VectorMath.clamp(scratch.argument, 0, count, VectorMath.EXP_DOMAIN);
    }
    VectorMath.expOfArgument(count, scratch);
  }

  /** Returns the least margin. */
  private float findTop(int row, Scratch scratch) {
    RowRange range = scratch.range;
    range.of(x, row * classes, (row + 1) * classes, scratch);
    largest[row] = range.largest();
    tops[row] = range.place() - row * classes;
    return (range.smallest() - range.largest()) * scale;
  }

  /** Computes the terms of another softmax's rows from its logits times a factor. */
  void setScaled(Softmax of, float factor, int rows, float[] newTerms, Scratch scratch) {
    set(of.x, rows, of.classes, of.scale * factor, newTerms, scratch);
  }

  /** Selects one of the rows. */
  void select(int row) {
    from = row * classes;
    top = tops[row];
    max = largest[row];
    rest = rests[row];
    float ofTop = terms[from + top];
    sum = rest + ofTop;
    logSum = rest < 1 ? StrictMath.log1p(rest) : StrictMath.log(sum);
    kept = -1;
  }

  /** Returns the start of the row in the arrays of logits and terms. */
  int from() {
    return from;
  }

  /** Returns the lowest of the most probable classes. */
  int top() {
    return top;
  }

  /** Returns Σ_v e_v. */
  double sum() {
    return sum;
  }

  /** Returns log Σ_v exp(z_v). */
  double logSumExp() {
    return (double) max * scale + logSum;
  }

  /** Returns z_v − m. */
  double margin(int v) {
    return ((double) x[from + v] - max) * scale;
  }

  double logProbability(int v) {
    return margin(v) - logSum;
  }

  /** Returns q_v from its term. */
  double share(int v) {
    return terms[from + v] / sum;
  }

  /** Stores the probability of a class before the terms are overwritten. */
  void keep(int v) {
    kept = v;
    ofKept = share(v);
  }

  /** Returns q_v, also after the terms have been overwritten. */
  double probability(int v) {
    return v == kept ? ofKept : StrictMath.exp(logProbability(v));
  }

  /** Returns 1 − q_v, also after the terms have been overwritten. */
  double others(int v) {
    return v == top ? rest / sum : 1 - probability(v);
  }

  /** Returns −Σ_v q_v·(z_v − m): the entropy is this plus {@link #logSumExp} − m. */
  double meanDepth() {
    double depth = 0;
    for (int v = from; v < from + classes; v++) {
      float term = terms[v];
      depth += term == 0 ? 0 : term * ((double) max - x[v]);
    }
    return depth * scale / sum;
  }

  double entropy() {
    return logSum + meanDepth();
  }
}
