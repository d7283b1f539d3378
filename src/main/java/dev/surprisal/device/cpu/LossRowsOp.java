package dev.surprisal.device.cpu;

import dev.surprisal.device.LossOptions;
import dev.surprisal.device.LossRows;
import java.util.Arrays;

/**
 * The common part of losses over rows of logits: reads each row once and writes it once, in chunks
 * that fit the cache, and computes options, statistics and tensors over tokens. A loss adds its
 * value and its gradient.
 */
abstract class LossRowsOp implements CpuTask {
  private static final int BLOCK = 4096;

  // Slots of the scratch; a loss uses those from FREE on.
  private static final int LOGITS = 0;
  private static final int TERMS = 1;
  private static final int UNCAPPED = 2;
  private static final int ARRIVING = 3;
  private static final int LOSSES = 4;
  private static final int LOG_SUM_EXP = 5;
  private static final int LOG_PROBABILITY = 6;
  private static final int ENTROPY = 7;
  private static final int CORRECT = 8;
  static final int FREE = 9;

  /** Stay empty for a loss without targets. */
  protected final LossTargets targets = new LossTargets();

  private final Workers workers;
  private final LossTokens tokens = new LossTokens();
  private final Floats logits = new Floats();
  private final Floats gradLosses = new Floats();
  private final Floats losses = new Floats();
  private final Floats gradLogits = new Floats();
  private final Floats logSumExp = new Floats();
  private final Floats logProbability = new Floats();
  private final Floats entropy = new Floats();
  private final Floats correct = new Floats();
  private final Ints argmax = new Ints();
  private final Floats scalar = new Floats();
  private final float[] one = new float[1];
  private LossOptions options;
  private double divisor;
  private int rows;
  private int classes;
  private int rowsPerChunk;

  LossRowsOp(Workers workers) {
    this.workers = workers;
  }

  /** Sets and checks the operands of every loss; the loss sets its own after that. */
  protected final void set(LossRows of) {
    rows = Math.toIntExact(of.logits().shape().size(0));
    classes = Math.toIntExact(of.logits().shape().size(1));
    rowsPerChunk = Math.max(1, BLOCK / classes);
    options = of.options();
    tokens.set(of, rows);
    logits.set(of.logits());
    gradLosses.set(of.gradLosses());
    losses.set(of.losses());
    gradLogits.set(of.gradLogits());
    logSumExp.set(of.statistics().logSumExp());
    logProbability.set(of.statistics().logProbability());
    entropy.set(of.statistics().entropy());
    correct.set(of.statistics().correct());
    argmax.set(of.statistics().argmax());
    divisor = 1;
    if (of.divisor() != null) {
      scalar.set(of.divisor()).read(0, one, 0, 1);
      divisor = one[0];
    }
  }

  /** Runs over all rows. */
  protected final void work() {
    workers.run(this, chunks());
  }

  /** Runs a check of the operands over all chunks. */
  protected final void check(CpuTask task) {
    workers.run(task, chunks());
  }

  private int chunks() {
    return (rows + rowsPerChunk - 1) / rowsPerChunk;
  }

  protected final int rows() {
    return rows;
  }

  protected final int classes() {
    return classes;
  }

  protected final LossTokens tokens() {
    return tokens;
  }

  protected final int firstRow(int chunk) {
    return chunk * rowsPerChunk;
  }

  protected final int rowsOf(int chunk) {
    return Math.min(rowsPerChunk, rows - firstRow(chunk));
  }

  /** Prepares a chunk; called before its rows. */
  protected void start(int first, int count, Scratch scratch) {}

  /** Returns the loss of a row and sets the mass of its gradient. */
  protected abstract double value(LossRow row, Scratch scratch);

  /** Sets the p of the row's gradient; called after {@link #value}. */
  protected abstract void gradient(LossRow row, Scratch scratch);

  @Override
  public final void run(int chunk, Scratch scratch) {
    int first = firstRow(chunk);
    int count = rowsOf(chunk);
    float[] x = scratch.block(LOGITS, count * classes);
    float[] terms = scratch.block(TERMS, count * classes);
    float[] arriving = scratch.block(ARRIVING, count);
    float[] values = scratch.block(LOSSES, count);
    LossRow row = scratch.lossRow;
    logits.read(first * (long) classes, x, 0, count * classes);
    if (gradLosses.present()) {
      tokens.read(gradLosses, first, count, arriving);
    }
    if (options.softCap() > 0) {
      cap(x, count * classes, scratch);
    }
    float scale = options.softCap() > 0 ? options.softCap() : options.scale();
    row.softmax.set(x, count, classes, scale, terms, scratch);
    start(first, count, scratch);
    for (int i = 0; i < count; i++) {
      int token = tokens.of(first + i);
      row.select(token, i, classes);
      statistics(row, i, count, scratch);
      if (targets.ignored(token)) {
        values[i] = 0;
        Arrays.fill(terms, i * classes, (i + 1) * classes, 0);
      } else {
        values[i] = (float) (value(row, scratch) + added(row.softmax));
        double factor = divisor == 0 ? 0 : (gradLosses.present() ? arriving[i] : 1) / divisor;
        if (gradLogits.present()) {
          gradient(row, x, terms, factor, scratch);
        }
      }
    }
    if (gradLogits.present()) {
      gradLogits.write(first * (long) classes, terms, 0, count * classes);
    }
    tokens.write(values, first, count, losses);
    writeStatistics(first, count, scratch);
  }

  /** Computes x = tanh(scale·x / cap); masked classes stay masked. */
  private void cap(float[] x, int count, Scratch scratch) {
    float[] uncapped = scratch.block(UNCAPPED, count);
    System.arraycopy(x, 0, uncapped, 0, count);
    VectorMath.scale(x, 0, count, options.scale() / options.softCap());
    VectorMath.tanh(x, count, scratch);
    for (int i = 0; i < count; i++) {
      x[i] = uncapped[i] == Float.NEGATIVE_INFINITY ? uncapped[i] : x[i];
    }
  }

  private double added(Softmax q) {
    double value = 0;
    if (options.zLoss() > 0) {
      value += options.zLoss() * q.logSumExp() * q.logSumExp();
    }
    if (options.confidencePenalty() > 0) {
      value -= options.confidencePenalty() * q.entropy();
    }
    return value;
  }

  private void gradient(LossRow row, float[] x, float[] terms, double factor, Scratch scratch) {
    int from = row.softmax.from();
    if (factor == 0) {
      Arrays.fill(terms, from, from + classes, 0);
      return;
    }
    row.startGradient(terms, factor, options);
    gradient(row, scratch);
    if (options.softCap() > 0) {
      for (int i = from; i < from + classes; i++) {
        terms[i] = terms[i] == 0 ? 0 : terms[i] * (options.scale() * ((1 - x[i]) * (1 + x[i])));
      }
    } else if (options.scale() != 1) {
      VectorMath.scale(terms, from, from + classes, options.scale());
    }
  }

  private void statistics(LossRow row, int i, int count, Scratch scratch) {
    Softmax q = row.softmax;
    int target = targets.of(row.token());
    if (logSumExp.present()) {
      scratch.block(LOG_SUM_EXP, count)[i] = (float) q.logSumExp();
    }
    if (logProbability.present()) {
      scratch.block(LOG_PROBABILITY, count)[i] = target < 0 ? 0 : (float) q.logProbability(target);
    }
    if (entropy.present()) {
      scratch.block(ENTROPY, count)[i] = (float) q.entropy();
    }
    if (correct.present()) {
      scratch.block(CORRECT, count)[i] = target == q.top() ? 1 : 0;
    }
    if (argmax.present()) {
      scratch.tokens(count)[i] = q.top();
    }
  }

  private void writeStatistics(int first, int count, Scratch scratch) {
    tokens.write(scratch.block(LOG_SUM_EXP, count), first, count, logSumExp);
    tokens.write(scratch.block(LOG_PROBABILITY, count), first, count, logProbability);
    tokens.write(scratch.block(ENTROPY, count), first, count, entropy);
    tokens.write(scratch.block(CORRECT, count), first, count, correct);
    tokens.write(scratch.tokens(count), first, count, argmax);
  }
}
