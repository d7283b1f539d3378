package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.LossStatistics;
import dev.surprisal.device.Tensor;
import java.util.EnumMap;
import java.util.Map;

/**
 * A loss of logits, [M, V]: by itself, or fused with the projection that makes them ({@link
 * Projected}). A new loss implements {@link #compute}, and {@link #prepare} if its mean does not
 * divide by the number of tokens.
 */
public abstract class LogitsLoss implements Loss {
  private final LossSettings settings;
  private final Arena arena;
  private final long classes;
  private final Positions positions;
  private final TokenLosses losses;
  private final Tensor counted;
  private final Tensor accuracy;
  private final Map<Statistic, Tensor> statistics = new EnumMap<>(Statistic.class);
  private final LossStatistics outputs;
  private LossRows rows;

  /**
   * Creates a loss for batches of one size.
   *
   * @param device of the logits
   * @param tokens M
   * @param classes V, 1 or more
   * @param settings reduction, options, statistics
   * @throws IllegalArgumentException if a size is out of range
   */
  protected LogitsLoss(Device device, long tokens, long classes, LossSettings settings) {
    if (tokens < 0
        || tokens > Integer.MAX_VALUE - 8
        || classes < 1
        || classes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a loss takes 0 to 2^31 - 9 tokens and 1 to 2^31 - 1 classes, found "
              + tokens
              + " and "
              + classes);
    }
    this.settings = settings;
    this.classes = classes;
    arena = new Arena(device);
    try {
      positions = new Positions(arena, (int) tokens);
      losses = new TokenLosses(arena, tokens, settings.reduction());
      for (Statistic statistic : settings.statistics()) {
        DType type = statistic == Statistic.ARGMAX ? DType.INT32 : DType.FLOAT32;
        statistics.put(statistic, arena.allocate(type, tokens));
      }
      boolean counts = settings.statistics().contains(Statistic.CORRECT);
      counted = counts ? arena.allocate(DType.FLOAT32, 1) : null;
      accuracy = counts ? arena.allocate(DType.FLOAT32, 1) : null;
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
    outputs =
        new LossStatistics(
            statistics.get(Statistic.LOG_SUM_EXP),
            statistics.get(Statistic.LOG_PROBABILITY),
            statistics.get(Statistic.ENTROPY),
            statistics.get(Statistic.CORRECT),
            statistics.get(Statistic.ARGMAX));
  }

  /**
   * Checks all targets before anything is computed, and writes the divisor of the mean; does
   * nothing if that is the number of tokens.
   *
   * @param kernels of the device
   * @param mean [1], the number of tokens at first; null if the reduction is not the mean
   */
  protected void prepare(LossKernels kernels, Tensor mean) {}

  /**
   * Counts the targets that are not ignored, for the accuracy.
   *
   * @param kernels of the device
   * @param count [1]
   */
  protected void count(LossKernels kernels, Tensor count) {
    throw new IllegalStateException("this loss has no target classes to count");
  }

  /**
   * Allocates what parts of up to so many rows need, before the first part; a recorded step cannot
   * allocate.
   *
   * @param rows at most M
   */
  void reserve(long rows) {}

  /**
   * Issues the loss of some rows of logits, and their gradient if the rows ask for it.
   *
   * @param kernels of the device
   * @param part the rows
   * @param first the index of the first of them among the rows that count
   */
  protected abstract void compute(LossKernels kernels, LossRows part, long first);

  @Override
  public final void forward(Tensor logits) {
    begin();
    compute(kernels(), whole(logits, null, null), 0);
    end();
  }

  @Override
  public final void forwardBackward(
      Tensor logits, Tensor gradLosses, boolean accumulate, Tensor gradLogits) {
    begin();
    compute(kernels(), whole(logits, gradLosses, gradLogits), 0);
    end();
  }

  /** Reuses the rows of the call before, so that a step allocates nothing. */
  private LossRows whole(Tensor logits, Tensor gradLosses, Tensor gradLogits) {
    if (rows == null
        || rows.logits() != logits
        || rows.gradLosses() != gradLosses
        || rows.gradLogits() != gradLogits) {
      if (logits.shape().rank() != 2
          || logits.shape().size(0) != positions.tokens()
          || logits.shape().size(1) != classes) {
        throw new IllegalArgumentException(
            "a loss of "
                + positions.tokens()
                + " tokens and "
                + classes
                + " classes takes logits of that shape, found "
                + logits.shape());
      }
      rows = rows(logits, null, gradLosses, gradLogits);
    }
    return rows;
  }

  /** Rows of the tokens at {@code places}, of all tokens if that is null. */
  final LossRows rows(Tensor logits, Tensor places, Tensor gradLosses, Tensor gradLogits) {
    return new LossRows(
        logits,
        places,
        gradLosses,
        divisor(),
        settings.options(),
        losses.values(),
        outputs,
        gradLogits);
  }

  /** Issues the work before the first rows. */
  final void begin() {
    prepare(kernels(), losses.divisorOfBatch());
  }

  /** Issues the work after the last rows. */
  final void end() {
    losses.reduce(kernels());
    if (accuracy != null) {
      count(kernels(), counted);
      kernels().reduceLosses(statistics.get(Statistic.CORRECT), counted, accuracy);
    }
  }

  /** Zeroes losses and statistics, because the rows will not write all of them. */
  final void clear() {
    losses.values().zero();
    statistics.values().forEach(Tensor::zero);
  }

  /** The divisor of the gradients, [1]; null for 1. */
  final Tensor divisor() {
    return losses.divisor();
  }

  private LossKernels kernels() {
    return device().kernels().losses();
  }

  /**
   * Sets the number of tokens that {@link Reduction#MEAN_OF_GIVEN} divides by.
   *
   * @param tokens the tokens of all batches whose gradients add up, 0 or more
   * @throws IllegalStateException if the reduction is another
   * @throws IllegalArgumentException if it is negative
   */
  public final void tokenCount(long tokens) {
    losses.tokenCount(tokens);
  }

  @Override
  public final Tensor losses() {
    return losses.values();
  }

  @Override
  public final Tensor total() {
    return losses.total();
  }

  /**
   * Returns a statistic of each token; in a loss fused with its projection 0 where ignored.
   *
   * @param which a statistic of the loss's settings
   * @return [M]
   * @throws IllegalStateException if the settings lack it
   */
  public final Tensor statistic(Statistic which) {
    Tensor values = statistics.get(which);
    if (values == null) {
      throw new IllegalStateException(
          "this loss does not compute " + which + ": add it to the loss's settings");
    }
    return values;
  }

  /**
   * Returns the share of the targets that were the most probable class, without ignored ones.
   *
   * @return [1], 0 if all are ignored
   * @throws IllegalStateException if the settings lack {@link Statistic#CORRECT}
   */
  public final Tensor accuracy() {
    statistic(Statistic.CORRECT);
    return accuracy;
  }

  /**
   * Returns the number of classes.
   *
   * @return V
   */
  public final long classes() {
    return classes;
  }

  /** Allocates memory that lives as long as this loss; closes the loss if that fails. */
  final Tensor allocate(DType type, long... sizes) {
    try {
      return arena.allocate(type, sizes);
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  final Device device() {
    return arena.device();
  }

  final Arena arena() {
    return arena;
  }

  final Positions positions() {
    return positions;
  }

  @Override
  public final void close() {
    arena.close();
  }
}
