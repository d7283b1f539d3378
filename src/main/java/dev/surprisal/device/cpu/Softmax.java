package dev.surprisal.device.cpu;

/**
 * The softmax q of rows of logits z, all digits of a probability near 1 kept: with m the largest
 * logit, e_v = exp(z_v − m) and top the lowest class of that logit, 1 − q_top is the sum of the
 * others' terms over all, and the log-probability of v is z_v − m less log1p of that sum.
 *
 * <p>Logits are given as x with z = scale·x. Every class of a row that has no number as its largest
 * logit has NaN for its probability.
 */
final class Softmax {
  private float[] x;
  private float[] terms;
  private int classes;
  private float scale;
  private float[] largest = new float[0];
  private int[] tops = new int[0];

  private int from;
  private int top;
  private float max;
  private double rest;
  private double sum;
  private double logSum;

  /** Computes the terms e of rows that lie one after the other; the logits x have to stay. */
  void set(
      float[] newX, int rows, int newClasses, float newScale, float[] newTerms, Scratch scratch) {
    x = newX;
    terms = newTerms;
    classes = newClasses;
    scale = newScale;
    if (largest.length < rows) {
      largest = new float[rows];
      tops = new int[rows];
    }
    boolean deep = false;
    for (int row = 0; row < rows; row++) {
      float lowest = findTop(row, scratch);
      deep |= (lowest - largest[row]) * scale < -VectorMath.EXP_DOMAIN;
    }
    int count = rows * classes;
    int row = 0;
    for (int at = 0; at < count; at += Scratch.BLOCK) {
      int size = Math.min(Scratch.BLOCK, count - at);
      for (int done = 0; done < size; ) {
        int part = Math.min(size - done, (row + 1) * classes - at - done);
        shift(at + done, part, largest[row], scratch.argument, done);
        done += part;
        row += at + done == (row + 1) * classes ? 1 : 0;
      }
      if (deep) {
        VectorMath.clamp(scratch.argument, 0, size, VectorMath.EXP_DOMAIN);
      }
      VectorMath.expOfArgument(size, scratch);
      System.arraycopy(scratch.argument, 0, terms, at, size);
    }
  }

  /** Computes the terms of another softmax's rows from its logits times a factor. */
  void setScaled(Softmax of, float factor, int rows, float[] newTerms, Scratch scratch) {
    set(of.x, rows, of.classes, of.scale * factor, newTerms, scratch);
  }

  /** Returns the smallest logit. */
  private float findTop(int row, Scratch scratch) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    int first = row * classes;
    int end = first + classes;
    int block = first;
    for (int at = first; at < end; at += Scratch.BLOCK) {
      VectorMath.range(x, at, Math.min(at + Scratch.BLOCK, end), scratch);
      low = scratch.smallest < low ? scratch.smallest : low;
      if (scratch.largest > high) {
        high = scratch.largest;
        block = at;
      }
    }
    int place = block;
    while (place < end - 1 && x[place] != high) {
      place++;
    }
    largest[row] = high;
    tops[row] = place - first;
    return low;
  }

  private void shift(int at, int count, float by, float[] to, int start) {
    float factor = scale;
    float[] of = x;
    for (int i = 0; i < count; i++) {
      to[start + i] = (of[at + i] - by) * factor;
    }
  }

  /** Turns to one of the rows. */
  void select(int row) {
    from = row * classes;
    top = tops[row];
    max = largest[row];
    float ofTop = terms[from + top];
    terms[from + top] = 0;
    rest = VectorMath.sum(terms, from, from + classes);
    terms[from + top] = ofTop;
    sum = rest + ofTop;
    logSum = StrictMath.log1p(rest + (ofTop - 1));
  }

  /** Where the row begins in the arrays of logits and terms. */
  int from() {
    return from;
  }

  /** The lowest of the most probable classes. */
  int top() {
    return top;
  }

  /** Σ_v e_v. */
  double sum() {
    return sum;
  }

  /** log Σ_v exp(z_v). */
  double logSumExp() {
    return (double) max * scale + logSum;
  }

  /** z_v − m. */
  double margin(int v) {
    return ((double) x[from + v] - max) * scale;
  }

  double logProbability(int v) {
    return margin(v) - logSum;
  }

  /** q_v, quickly. */
  double share(int v) {
    return terms[from + v] / sum;
  }

  /** q_v, also after the terms have been overwritten. */
  double probability(int v) {
    return StrictMath.exp(logProbability(v));
  }

  /** 1 − q_v, also after the terms have been overwritten. */
  double others(int v) {
    return v == top ? rest / sum : 1 - probability(v);
  }

  /** −Σ_v q_v·(z_v − m): the entropy is this and {@link #logSumExp} − m. */
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
