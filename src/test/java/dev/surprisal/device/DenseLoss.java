package dev.surprisal.device;

import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.DivergenceOracle;
import dev.surprisal.oracle.DivergenceOracle.Kind;
import dev.surprisal.oracle.FocalOracle;
import dev.surprisal.oracle.LossRowsOracle.Loss;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.UnlikelihoodOracle;
import java.util.Arrays;
import java.util.List;

/**
 * A loss of rows of logits twice: what it must be, and how a device is asked for it.
 *
 * @param name for messages
 * @param oracle what it must be
 * @param kernel calls the device's operation with what the oracle reads
 */
record DenseLoss(String name, Loss oracle, Kernel kernel) {
  /** A call of an operation of {@link LossKernels}. */
  interface Kernel {
    void run(Bench bench, LossRows rows);
  }

  static DenseLoss crossEntropy(int[] targets, CrossEntropyOracle.Options options) {
    return new DenseLoss(
        "cross-entropy",
        CrossEntropyOracle.ofClasses(targets, options),
        (bench, rows) ->
            bench
                .kernels()
                .losses()
                .crossEntropy(bench.ints(targets), options(bench, options), rows));
  }

  static DenseLoss crossEntropySoft(double[] probabilities, CrossEntropyOracle.Options options) {
    return new DenseLoss(
        "soft cross-entropy",
        CrossEntropyOracle.ofDistributions(probabilities, options),
        (bench, rows) ->
            bench
                .kernels()
                .losses()
                .crossEntropySoft(like(bench, probabilities, rows), options(bench, options), rows));
  }

  static DenseLoss crossEntropySparse(int[] ids, double[] probabilities, int k) {
    return new DenseLoss(
        "sparse cross-entropy",
        CrossEntropyOracle.ofSparse(ids, probabilities, k),
        (bench, rows) ->
            bench
                .kernels()
                .losses()
                .crossEntropySparse(
                    bench.ints(ids, ids.length / k, k),
                    bench.floats(probabilities, ids.length / k, k),
                    rows));
  }

  static DenseLoss focal(FocalOracle of) {
    return new DenseLoss(
        "focal loss",
        of,
        (bench, rows) ->
            bench
                .kernels()
                .losses()
                .focal(
                    bench.ints(of.targets().classes()),
                    of.targets().ignoreIndex(),
                    of.weights() == null ? null : bench.floats(of.weights()),
                    (float) of.gamma(),
                    rows));
  }

  static DenseLoss unlikelihood(UnlikelihoodOracle of) {
    return new DenseLoss(
        "unlikelihood",
        of,
        (bench, rows) ->
            bench
                .kernels()
                .losses()
                .unlikelihood(
                    bench.ints(of.targets().classes()),
                    bench.ints(of.candidates(), of.targets().classes().length, of.k()),
                    of.targets().ignoreIndex(),
                    (float) of.alpha(),
                    rows));
  }

  static DenseLoss divergence(DivergenceOracle of) {
    Divergence kind =
        switch (of.kind()) {
          case KL -> Divergence.KULLBACK_LEIBLER;
          case REVERSE_KL -> Divergence.REVERSE_KULLBACK_LEIBLER;
          case JENSEN_SHANNON -> Divergence.JENSEN_SHANNON;
        };
    return new DenseLoss(
        "" + kind,
        of,
        (bench, rows) ->
            bench
                .kernels()
                .losses()
                .divergence(
                    like(bench, of.teacher(), rows),
                    of.targets() == null ? null : bench.ints(of.targets().classes()),
                    new DivergenceOptions(
                        kind,
                        (float) of.beta(),
                        (float) of.temperature(),
                        (float) of.weight(),
                        of.targets() == null ? -100 : of.targets().ignoreIndex()),
                    rows));
  }

  /**
   * One of each loss, with options that are floats.
   *
   * @param rows N, of the logits
   * @param targets of M tokens
   * @param classes V
   */
  static List<DenseLoss> each(int rows, Targets targets, int classes) {
    int tokens = targets.classes().length;
    int k = Math.min(classes, 3);
    double[] weights = weights(classes);
    double[] teacher = Samples.normal(5, rows * classes, 2);
    CrossEntropyOracle.Options smoothed =
        new CrossEntropyOracle.Options(
            CrossEntropyOracle.Reduction.NONE, 0.125, weights, targets.ignoreIndex());
    return List.of(
        crossEntropy(targets.classes(), smoothed),
        crossEntropySoft(Samples.probabilities(6, rows, classes), smoothed),
        crossEntropySparse(Samples.distinct(7, tokens, k, classes), most(8, tokens, k, classes), k),
        focal(new FocalOracle(targets, weights, 1.5)),
        unlikelihood(new UnlikelihoodOracle(targets, candidates(9, tokens * 4, classes), 4, 0.75)),
        divergence(new DivergenceOracle(teacher, targets, Kind.KL, 0.5, 1.5, 0.75)),
        divergence(new DivergenceOracle(teacher, targets, Kind.REVERSE_KL, 0.5, 1.5, 0.75)),
        divergence(new DivergenceOracle(teacher, targets, Kind.JENSEN_SHANNON, 0.25, 1.5, 0.75)));
  }

  /** Weights of classes, around 1. */
  static double[] weights(int classes) {
    double[] weights = Samples.probabilities(4, 1, classes);
    Arrays.setAll(weights, v -> (float) (weights[v] * classes));
    return weights;
  }

  /** Probabilities of K classes each that leave something to the others, if there are others. */
  static double[] most(long seed, int tokens, int k, int classes) {
    if (k == classes) {
      return Samples.probabilities(seed, tokens, k);
    }
    double[] more = Samples.probabilities(seed, tokens, k + 1);
    double[] most = new double[tokens * k];
    Arrays.setAll(most, i -> more[i / k * (k + 1) + i % k]);
    return most;
  }

  /** Candidates with repeats and with negative ones among them. */
  static int[] candidates(long seed, int size, int classes) {
    return Arrays.stream(Samples.integers(seed, size, classes + 2)).map(c -> c - 2).toArray();
  }

  private static CrossEntropyOptions options(Bench bench, CrossEntropyOracle.Options options) {
    return new CrossEntropyOptions(
        options.ignoreIndex(),
        (float) options.smoothing(),
        options.weights() == null ? null : bench.floats(options.weights()));
  }

  /** Values that go row by row with the logits. */
  private static Tensor like(Bench bench, double[] values, LossRows rows) {
    Shape shape = rows.logits().shape();
    return bench.floats(values, shape.size(0), shape.size(1));
  }

  @Override
  public String toString() {
    return name;
  }
}
