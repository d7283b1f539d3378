package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.Tensor;

/** The losses of M tokens and their reduction. */
final class TokenLosses {
  private final Reduction reduction;
  private final Tensor values;
  private final Tensor divisor;
  private final Tensor total;

  TokenLosses(Arena arena, long tokens, Reduction reduction) {
    this.reduction = reduction;
    boolean divides = reduction == Reduction.MEAN || reduction == Reduction.MEAN_OF_GIVEN;
    values = arena.allocate(DType.FLOAT32, tokens);
    divisor = divides ? arena.allocate(DType.FLOAT32, 1) : null;
    total = reduction == Reduction.NONE ? null : arena.allocate(DType.FLOAT32, 1);
    if (divides) {
      divisor.write((float) tokens);
    }
  }

  /** The losses of single tokens, [M]. */
  Tensor values() {
    return values;
  }

  /** The divisor of losses and gradients, [1], the number of tokens at first; null for 1. */
  Tensor divisor() {
    return divisor;
  }

  /** The divisor if each batch has its own; null if not. */
  Tensor divisorOfBatch() {
    return reduction == Reduction.MEAN ? divisor : null;
  }

  /** Issues the reduction, if there is one. */
  void reduce(LossKernels kernels) {
    if (total != null) {
      kernels.reduceLosses(values, divisor, total);
    }
  }

  /** Sets the divisor of {@link Reduction#MEAN_OF_GIVEN}. */
  void tokenCount(long tokens) {
    if (reduction != Reduction.MEAN_OF_GIVEN) {
      throw new IllegalStateException(
          "a token count needs the reduction " + Reduction.MEAN_OF_GIVEN + ", found " + reduction);
    }
    if (tokens < 0) {
      throw new IllegalArgumentException("a token count is 0 or more, found " + tokens);
    }
    divisor.write((float) tokens);
  }

  /** The reduced loss, [1]. */
  Tensor total() {
    if (total == null) {
      throw new IllegalStateException("a loss without reduction has no total: read losses()");
    }
    return total;
  }
}
