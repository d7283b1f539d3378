package dev.surprisal.device;

import dev.surprisal.oracle.CrossEntropyCase;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.CrossEntropyOracle.Options;

/**
 * The arguments of a cross-entropy; exactly one kind of target is there, the other is null.
 *
 * @param classes V
 * @param logits [rows, V]
 * @param targets hard targets, [rows], or null
 * @param probabilities soft targets, [rows, V], or null
 * @param options the oracle's, which the kernels' are made of
 * @param upstream gradient of each loss, [rows], or null for 1
 * @param tokenCount what a mean divides by, or 0
 */
record CrossEntropyCall(
    int classes,
    double[] logits,
    int[] targets,
    double[] probabilities,
    Options options,
    double[] upstream,
    long tokenCount) {

  /** What becomes of the gradient of the logits. */
  enum Gradient {
    SEPARATE,
    IN_PLACE,
    NONE
  }

  /**
   * What comes of a call.
   *
   * @param losses [rows]
   * @param total [1], or null without reduction
   * @param gradient [rows, V], or null if there is none
   */
  record Result(float[] losses, float[] total, float[] gradient) {}

  static CrossEntropyCall of(CrossEntropyCase c) {
    double[] upstream =
        c.options().reduction() == CrossEntropyOracle.Reduction.NONE ? c.upstream() : null;
    return new CrossEntropyCall(
        c.classes(), c.logits(), c.targets(), c.probabilities(), c.options(), upstream, 0);
  }

  int rows() {
    return logits.length / classes;
  }

  Result run(Bench bench, Gradient where) {
    Tensor z = bench.floats(logits, rows(), classes);
    Tensor losses = bench.output(rows());
    Reduction reduction = Reduction.valueOf(options.reduction().name());
    Tensor total = reduction == Reduction.NONE ? null : bench.output(1);
    Tensor gradient =
        switch (where) {
          case SEPARATE -> bench.output(rows(), classes);
          case IN_PLACE -> z;
          case NONE -> null;
        };
    Tensor arriving = upstream == null ? null : bench.floats(upstream);
    CrossEntropyOptions how =
        new CrossEntropyOptions(
            options.ignoreIndex(),
            (float) options.smoothing(),
            options.weights() == null ? null : bench.floats(options.weights()),
            reduction,
            tokenCount);
    if (targets != null) {
      bench.kernels().crossEntropy(z, bench.ints(targets), arriving, how, losses, total, gradient);
    } else {
      Tensor p = bench.floats(probabilities, rows(), classes);
      bench.kernels().crossEntropySoft(z, p, arriving, how, losses, total, gradient);
    }
    return new Result(
        losses.toFloats(),
        total == null ? null : total.toFloats(),
        gradient == null ? null : gradient.toFloats());
  }

  /** What the oracle computes, with another reduction and upstream gradient than this call's. */
  CrossEntropyOracle.Result expected(
      CrossEntropyOracle.Reduction reduction, double[] gradientOfLoss) {
    Options how =
        new Options(reduction, options.smoothing(), options.weights(), options.ignoreIndex());
    return targets != null
        ? CrossEntropyOracle.hard(logits, targets, classes, how, gradientOfLoss)
        : CrossEntropyOracle.soft(logits, probabilities, classes, how, gradientOfLoss);
  }
}
