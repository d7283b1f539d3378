package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.function.Executable;

/** The messages; that every operand of every operation is checked is in {@link KernelsTest}. */
class CheckedLossKernelsTest {
  private static final DivergenceOptions MIXED =
      new DivergenceOptions(Divergence.KULLBACK_LEIBLER, 0.5f, 1, 0.5f, -100);

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private static LossRows rows(Tensor logits, Tensor positions, Tensor losses) {
    return new LossRows(
        logits, positions, null, null, LossOptions.NONE, losses, LossStatistics.NONE, null);
  }

  /** Two rows of three classes. */
  private static LossRows rows(Bench bench) {
    return rows(bench.output(2, 3), null, bench.output(2));
  }

  private static LossRows rows(Bench bench, LossStatistics statistics, Tensor gradLogits) {
    return new LossRows(
        bench.output(2, 3),
        null,
        null,
        null,
        LossOptions.NONE,
        bench.output(2),
        statistics,
        gradLogits);
  }

  @OnEveryDevice
  void logits_are_rows_of_one_class_or_more(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    Tensor targets = bench.ints(new int[2]);
    assertRefused(
        "cross-entropy: expected two dimensions of logits, found [2]",
        () ->
            losses.crossEntropy(
                targets, CrossEntropyOptions.PLAIN, rows(bench.output(2), null, bench.output(2))));
    assertRefused(
        "focal loss: expected logits of 1 class or more, found none",
        () ->
            losses.focal(targets, -100, null, 2, rows(bench.output(2, 0), null, bench.output(2))));
    assertRefused(
        "target weight: expected logits of 1 class or more, found none",
        () -> losses.targetWeight(targets, 0, -100, null, bench.output(1)));
  }

  @OnEveryDevice
  void without_positions_a_row_is_a_token(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    LossRows unlike = rows(bench.output(2, 3), null, bench.output(3));
    assertRefused(
        "cross-entropy: expected 2 elements of losses, found [3]",
        () -> losses.crossEntropy(bench.ints(new int[3]), CrossEntropyOptions.PLAIN, unlike));
    LossRows unlikePositions = rows(bench.output(2, 3), bench.ints(new int[] {2}), bench.output(3));
    assertRefused(
        "cross-entropy: expected 2 elements of positions, found [1]",
        () ->
            losses.crossEntropy(
                bench.ints(new int[3]), CrossEntropyOptions.PLAIN, unlikePositions));
  }

  @OnEveryDevice
  void targets_are_one_a_token(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    assertRefused(
        "unlikelihood: expected 2 elements of targets, found [3]",
        () ->
            losses.unlikelihood(
                bench.ints(new int[3]), bench.ints(new int[2], 2, 1), -100, 1, rows(bench)));
    assertRefused(
        "unlikelihood: expected a row of candidates for each of 2 tokens, found [2]",
        () ->
            losses.unlikelihood(
                bench.ints(new int[2]), bench.ints(new int[2]), -100, 1, rows(bench)));
  }

  @OnEveryDevice
  void class_weights_are_one_a_class(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    Tensor targets = bench.ints(new int[2]);
    Tensor weights = bench.output(4);
    assertRefused(
        "cross-entropy: expected class weights of shape [3], found [4]",
        () -> losses.crossEntropy(targets, new CrossEntropyOptions(-100, 0, weights), rows(bench)));
    assertRefused(
        "focal loss: expected class weights of shape [3], found [4]",
        () -> losses.focal(targets, -100, weights, 2, rows(bench)));
    assertRefused(
        "target weight: expected class weights of shape [3], found [4]",
        () -> losses.targetWeight(targets, 3, -100, weights, bench.output(1)));
  }

  @OnEveryDevice
  void distributions_and_the_teacher_have_the_vocabulary_of_the_logits(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    assertRefused(
        "cross-entropy: expected probabilities of shape [2, 3], found [2, 4]",
        () -> losses.crossEntropySoft(bench.output(2, 4), CrossEntropyOptions.PLAIN, rows(bench)));
    assertRefused(
        "distillation: expected teacher's logits of shape [2, 3], found [2, 4]",
        () -> losses.divergence(bench.output(2, 4), bench.ints(new int[2]), MIXED, rows(bench)));
  }

  @OnEveryDevice
  void a_teacher_who_is_not_all_needs_targets(Bench bench) {
    assertRefused(
        "distillation: expected targets with a weight of 0.5, found none",
        () -> bench.kernels().losses().divergence(bench.output(2, 3), null, MIXED, rows(bench)));
  }

  @OnEveryDevice
  void a_token_has_1_to_v_ids_with_a_probability_each(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    for (int k : new int[] {0, 4}) {
      assertRefused(
          "sparse cross-entropy: expected 1 to 3 ids a token, found " + k,
          () ->
              losses.crossEntropySparse(
                  bench.ints(new int[2 * k], 2, k), bench.output(2, k), rows(bench)));
    }
    assertRefused(
        "sparse cross-entropy: expected probabilities of shape [2, 2], found [2, 1]",
        () ->
            losses.crossEntropySparse(
                bench.ints(new int[4], 2, 2), bench.output(2, 1), rows(bench)));
    assertRefused(
        "sparse cross-entropy: expected a row of ids for each of 2 tokens, found [3, 2]",
        () ->
            losses.crossEntropySparse(
                bench.ints(new int[6], 3, 2), bench.output(3, 2), rows(bench)));
  }

  @OnEveryDevice
  void exponents_and_weights_are_0_or_more_and_finite(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    Tensor targets = bench.ints(new int[2]);
    for (float bad : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRefused(
          "focal loss: expected a gamma of 0 or more, found " + bad,
          () -> losses.focal(targets, -100, null, bad, rows(bench)));
      assertRefused(
          "unlikelihood: expected an alpha of 0 or more, found " + bad,
          () -> losses.unlikelihood(targets, bench.ints(new int[2], 2, 1), -100, bad, rows(bench)));
    }
  }

  @OnEveryDevice
  void what_is_said_of_a_target_needs_target_classes(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    LossStatistics ofTarget =
        new LossStatistics(null, bench.output(2), null, bench.output(2), null);
    Tensor p = bench.output(2, 3);
    assertRefused(
        "cross-entropy: log-probability and correct need target classes, found none",
        () -> losses.crossEntropySoft(p, CrossEntropyOptions.PLAIN, rows(bench, ofTarget, null)));
    DivergenceOptions pure = new DivergenceOptions(Divergence.JENSEN_SHANNON, 0.5f, 1, 1, -100);
    assertRefused(
        "distillation: log-probability and correct need target classes, found none",
        () -> losses.divergence(p, null, pure, rows(bench, ofTarget, null)));
  }

  @OnEveryDevice
  void results_have_the_shapes_of_what_they_are_results_of(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    Tensor targets = bench.ints(new int[2]);
    LossStatistics wide = new LossStatistics(bench.output(3), null, null, null, null);
    assertRefused(
        "cross-entropy: expected 2 elements of log-sum-exp, found [3]",
        () -> losses.crossEntropy(targets, CrossEntropyOptions.PLAIN, rows(bench, wide, null)));
    assertRefused(
        "cross-entropy: expected gradient of the logits of shape [2, 3], found [3, 2]",
        () ->
            losses.crossEntropy(
                targets,
                CrossEntropyOptions.PLAIN,
                rows(bench, LossStatistics.NONE, bench.output(3, 2))));
    assertRefused(
        "reduce losses: expected total of shape [1], found [2]",
        () -> losses.reduceLosses(bench.output(3), null, bench.output(2)));
    assertRefused(
        "reduce losses: expected divisor of shape [1], found [3]",
        () -> losses.reduceLosses(bench.output(3), bench.output(3), bench.output(1)));
  }
}
