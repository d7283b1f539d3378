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
 * A loss of logits, [M, V]: in itself, or fused with the projection that makes them ({@link
 * Projected}). What a new one adds is {@link #compute}, and {@link #prepare} if its mean does not
 * divide by the number of tokens.
 */
public abstract class LogitsLoss implements Loss {
  private final LossSettings settings;
  private final Arena arena;
  private final long classes;
  private final Positions positions;
  private final Tensor losses;
  private final Tensor total;
  private final Tensor divisor;
  private final Tensor counted;
  private final Tensor accuracy;
  private final Map<Statistic, Tensor> statistics = new EnumMap<>(Statistic.class);
  private final LossStatistics outputs;
  private LossRows rows;

  /**
   * A loss over batches of one size.
   *
   * @param device where the logits are
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
      losses = arena.allocate(DType.FLOAT32, tokens);
      total = settings.reduction() == Reduction.NONE ? null : arena.allocate(DType.FLOAT32, 1);
      divisor = arena.allocate(DType.FLOAT32, 1);
      divisor.write((float) tokens);
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
   * Looks at all targets before anything is computed, and writes what a mean divides by; does
   * nothing where that is the number of tokens.
   *
   * @param kernels of the device
   * @param mean [1], the number of tokens at first
   */
  protected void prepare(LossKernels kernels, Tensor mean) {}

  /**
   * Counts the targets that are not ignored, for the accuracy.
   *
   * @param kernels of the device
   * @param count [1]
   */
  protected void count(LossKernels kernels, Tensor count) {
    throw new IllegalStateException("this loss has no target classes that could be predicted");
  }

  /**
   * Hears how many rows of logits a part has at most, before the first: what that needs can be
   * allocated then, since nothing can be while a step is recorded.
   *
   * @param rows at most M
   */
  void reserve(long rows) {}

  /**
   * Issues the loss of some rows of logits, and their gradient if it is wanted.
   *
   * @param kernels of the device
   * @param part the rows
   * @param first which of the rows that count is the first of them
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

  /** Kept from call to call, so that a step allocates nothing. */
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

  /** Rows that belong to the tokens at {@code places}, or to all if that is null. */
  final LossRows rows(Tensor logits, Tensor places, Tensor gradLosses, Tensor gradLogits) {
    return new LossRows(
        logits, places, gradLosses, divisor(), settings.options(), losses, outputs, gradLogits);
  }

  /** Issues what comes before the first rows. */
  final void begin() {
    prepare(kernels(), settings.reduction() == Reduction.MEAN ? divisor : null);
  }

  /** Issues what comes after the last rows. */
  final void end() {
    if (total != null) {
      kernels().reduceLosses(losses, divisor(), total);
    }
    if (accuracy != null) {
      count(kernels(), counted);
      kernels().reduceLosses(statistics.get(Statistic.CORRECT), counted, accuracy);
    }
  }

  /** Sets what is given for tokens to zero, since not all of them will be written. */
  final void clear() {
    losses.zero();
    statistics.values().forEach(Tensor::zero);
  }

  /** What gradients are divided by, [1]; null for 1. */
  final Tensor divisor() {
    return divides() ? divisor : null;
  }

  private boolean divides() {
    return settings.reduction() == Reduction.MEAN
        || settings.reduction() == Reduction.MEAN_OF_GIVEN;
  }

  private LossKernels kernels() {
    return device().kernels().losses();
  }

  /**
   * Gives the number of tokens that {@link Reduction#MEAN_OF_GIVEN} divides by.
   *
   * @param tokens of all batches whose gradients add up, 0 or more
   * @throws IllegalStateException if the reduction is another
   * @throws IllegalArgumentException if it is negative
   */
  public final void tokenCount(long tokens) {
    if (settings.reduction() != Reduction.MEAN_OF_GIVEN) {
      throw new IllegalStateException(
          "a token count goes with the reduction "
              + Reduction.MEAN_OF_GIVEN
              + " alone, found "
              + settings.reduction());
    }
    if (tokens < 0) {
      throw new IllegalArgumentException("a token count is 0 or more, found " + tokens);
    }
    divisor.write((float) tokens);
  }

  @Override
  public final Tensor losses() {
    return losses;
  }

  @Override
  public final Tensor total() {
    if (total == null) {
      throw new IllegalStateException("a loss without reduction has no total: read losses()");
    }
    return total;
  }

  /**
   * A statistic of each token; in a loss fused with its projection 0 where ignored.
   *
   * @param which one of those that the loss was made with
   * @return [M]
   * @throws IllegalStateException if the loss was made without it
   */
  public final Tensor statistic(Statistic which) {
    Tensor values = statistics.get(which);
    if (values == null) {
      throw new IllegalStateException("this loss was made without the statistic " + which);
    }
    return values;
  }

  /**
   * The share of targets that were the most probable class, of those that are not ignored.
   *
   * @return [1], 0 if all are
   * @throws IllegalStateException if the loss was made without {@link Statistic#CORRECT}
   */
  public final Tensor accuracy() {
    statistic(Statistic.CORRECT);
    return accuracy;
  }

  /**
   * The number of classes.
   *
   * @return V
   */
  public final long classes() {
    return classes;
  }

  /** Memory that lives as long as this; if there is none, what was allocated before goes too. */
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
