package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

/**
 * What users of other libraries ran into, among other things. A row of logits follows upon the
 * other here: there is no row stride other than V that could go wrong.
 */
class CrossEntropyTest {
  private static final double[] ONE = {1};
  private static final Reduction[] REDUCTIONS = {Reduction.NONE, Reduction.SUM, Reduction.MEAN};
  private static final double MASKED = Double.NEGATIVE_INFINITY;

  /** Loss and gradient of one call, in place. */
  private record Result(float[] losses, float total, float[] gradient) {}

  private static CrossEntropy loss(
      Bench bench, int tokens, int classes, CrossEntropyOptions options, Reduction reduction) {
    return new CrossEntropy(bench.device(), tokens, classes, options, LossSettings.of(reduction));
  }

  private static Result hard(
      Bench bench, int classes, double[] logits, int[] targets, Reduction reduction) {
    return hard(bench, classes, logits, targets, null, CrossEntropyOptions.PLAIN, reduction);
  }

  private static Result hard(
      Bench bench,
      int classes,
      double[] logits,
      int[] targets,
      double[] upstream,
      CrossEntropyOptions options,
      Reduction reduction) {
    Tensor z = bench.floats(logits, targets.length, classes);
    try (CrossEntropy loss = loss(bench, targets.length, classes, options, reduction)) {
      loss.targets().write(targets);
      loss.forwardBackward(z, upstream == null ? null : bench.floats(upstream), false, z);
      return result(loss, reduction, z);
    }
  }

  private static Result soft(
      Bench bench, int classes, double[] logits, double[] probabilities, Reduction reduction) {
    int rows = logits.length / classes;
    Tensor z = bench.floats(logits, rows, classes);
    LossSettings settings = LossSettings.of(reduction);
    try (SoftCrossEntropy loss =
        new SoftCrossEntropy(bench.device(), rows, classes, CrossEntropyOptions.PLAIN, settings)) {
      loss.probabilities().write(Samples.floats(probabilities));
      loss.forwardBackward(z, null, false, z);
      return result(loss, reduction, z);
    }
  }

  private static Result result(LogitsLoss loss, Reduction reduction, Tensor gradient) {
    return new Result(
        loss.losses().toFloats(),
        reduction == Reduction.NONE ? Float.NaN : loss.total().toFloats()[0],
        gradient.toFloats());
  }

  @OnEveryDevice
  void the_loss_alone_is_the_loss_with_the_gradient(Bench bench) {
    double[] logits = Samples.normal(1, 20 * 33, 3);
    int[] targets = Samples.integers(2, 20, 33);
    double[] probabilities = Samples.probabilities(3, 20, 33);
    Tensor z = bench.floats(logits, 20, 33);
    try (CrossEntropy loss = loss(bench, 20, 33, CrossEntropyOptions.PLAIN, Reduction.MEAN);
        SoftCrossEntropy soft =
            new SoftCrossEntropy(
                bench.device(), 20, 33, CrossEntropyOptions.PLAIN, LossSettings.MEAN)) {
      loss.targets().write(targets);
      loss.forward(z);
      Result classes = hard(bench, 33, logits, targets, Reduction.MEAN);
      assertArrayEquals(classes.losses, loss.losses().toFloats());
      assertEquals(classes.total, loss.total().toFloats()[0]);
      soft.probabilities().write(Samples.floats(probabilities));
      soft.forward(z);
      Result distributions = soft(bench, 33, logits, probabilities, Reduction.MEAN);
      assertArrayEquals(distributions.losses, soft.losses().toFloats());
      assertEquals(distributions.total, soft.total().toFloats()[0]);
    }
    assertArrayEquals(Samples.floats(logits), z.toFloats());
  }

  @OnEveryDevice
  void the_loss_of_equal_logits_is_the_log_of_the_vocabulary(Bench bench) {
    Result result = hard(bench, 127, new double[127], new int[] {5}, Reduction.MEAN);
    assertEquals((float) Math.log(127), result.total);
  }

  @OnEveryDevice
  void a_batch_whose_rows_are_all_ignored_has_loss_0_and_no_gradient(Bench bench) {
    double[] logits = Samples.normal(1, 5 * 31, 3);
    // What is ignored is not even looked at.
    logits[40] = Double.NaN;
    logits[80] = Double.POSITIVE_INFINITY;
    int[] targets = new int[5];
    Arrays.fill(targets, -100);
    for (Reduction reduction : REDUCTIONS) {
      Result result = hard(bench, 31, logits, targets, reduction);
      assertArrayEquals(new float[5], result.losses);
      assertArrayEquals(new float[logits.length], result.gradient);
      assertTrue(reduction == Reduction.NONE || result.total == 0);
    }
  }

  @OnEveryDevice
  void a_batch_whose_targets_all_have_weight_0_has_loss_0_and_no_gradient(Bench bench) {
    double[] logits = Samples.normal(1, 5 * 3, 3);
    Tensor weights = bench.floats(new double[] {1, 0, 1});
    int[] targets = {1, 1, 1, 1, 1};
    for (Reduction reduction : REDUCTIONS) {
      Result result =
          hard(
              bench,
              3,
              logits,
              targets,
              null,
              new CrossEntropyOptions(-100, 0, weights),
              reduction);
      assertArrayEquals(new float[5], result.losses);
      assertTrue(reduction == Reduction.NONE || result.total == 0);
      for (float gradient : result.gradient) {
        assertTrue(gradient == 0, () -> Arrays.toString(result.gradient));
      }
    }
  }

  @OnEveryDevice
  void a_target_that_is_no_class_is_refused_before_anything_is_written(Bench bench) {
    for (int outside : new int[] {-1, 31, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      double[] logits = Samples.normal(1, 140 * 31, 3);
      int[] targets = Samples.integers(2, 140, 31);
      targets[139] = outside;
      Tensor z = bench.floats(logits, 140, 31);
      try (CrossEntropy loss = loss(bench, 140, 31, CrossEntropyOptions.PLAIN, Reduction.MEAN)) {
        String expected =
            "cross-entropy: expected a token in [0, 31) at position 139, found " + outside;
        assertRefused(bench, expected, () -> loss.targets().write(targets));
        assertArrayEquals(new int[140], loss.targets().ids().toInts());
        // Not by way of the host.
        loss.targets().ids().write(targets);
        assertRefused(bench, expected, () -> loss.forward(z));
        assertRefused(bench, expected, () -> loss.forwardBackward(z, null, false, z));
        assertArrayEquals(Samples.floats(logits), z.toFloats());
        assertArrayEquals(new float[140], loss.losses().toFloats());
        assertEquals(0, loss.total().toFloats()[0]);
      }
    }
  }

  private static void assertRefused(Bench bench, String expected, Runnable call) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  call.run();
                  bench.device().synchronize();
                })
            .getMessage();
    assertEquals(expected, message);
  }

  @OnEveryDevice
  void loss_and_gradient_of_an_almost_certain_target_keep_their_digits(Bench bench) {
    for (int lead = 0; lead <= 80; lead += 4) {
      double other = Math.exp(-lead);
      double[] logits = {lead, 0, 0};
      double[] expected = {
        -2 * other / (1 + 2 * other), other / (1 + 2 * other), other / (1 + 2 * other)
      };
      Tolerance relative = new Tolerance(1e-6, 0);
      for (Result result :
          new Result[] {
            hard(bench, 3, logits, new int[] {0}, Reduction.MEAN),
            soft(bench, 3, logits, new double[] {1, 0, 0}, Reduction.MEAN)
          }) {
        relative.assertClose("loss, ahead by " + lead, Math.log1p(2 * other), result.total);
        relative.assertClose("gradient, ahead by " + lead, expected, result.gradient);
      }
    }
  }

  @OnEveryDevice
  void an_upstream_gradient_of_each_row_multiplies_the_gradient_of_that_row(Bench bench) {
    double[] logits = Samples.normal(1, 5 * 31, 3);
    int[] targets = {4, -100, 0, 30, 7};
    double[] upstream = {2, 3, 0, -1, 0.5};
    for (Reduction reduction : REDUCTIONS) {
      float[] once = hard(bench, 31, logits, targets, reduction).gradient;
      float[] found =
          hard(bench, 31, logits, targets, upstream, CrossEntropyOptions.PLAIN, reduction).gradient;
      double[] expected = new double[found.length];
      Arrays.setAll(expected, i -> upstream[i / 31] * once[i]);
      new Tolerance(1e-6, 0).assertClose("gradient", expected, found);
    }
  }

  @OnEveryDevice
  void a_vocabulary_may_have_any_size(Bench bench) {
    for (int classes : new int[] {1, 2, 3, 5, 127, 4095, 4097, 33_279}) {
      double[] logits = Samples.normal(1, 3 * classes, 3);
      int[] targets = {0, classes - 1, classes / 2};
      CrossEntropyOracle.Result expected =
          CrossEntropyOracle.hard(
              logits,
              targets,
              classes,
              CrossEntropyOracle.Options.of(CrossEntropyOracle.Reduction.MEAN),
              ONE);
      Result result = hard(bench, classes, logits, targets, Reduction.MEAN);
      Tolerance.FLOAT32.assertClose("loss", expected.loss()[0], result.total);
      Tolerance.FLOAT32.assertClose("gradient", expected.gradient(), result.gradient);
    }
  }

  @OnEveryDevice
  void a_vocabulary_of_one_word_has_no_loss(Bench bench) {
    Result result = hard(bench, 1, new double[] {3, -4, 1e30}, new int[3], Reduction.MEAN);
    assertEquals(0, result.total);
    for (float gradient : result.gradient) {
      assertTrue(gradient == 0);
    }
  }

  @OnEveryDevice
  void a_masked_class_takes_no_part(Bench bench) {
    double[] logits = {0, MASKED, 0, MASKED, MASKED, 5};
    Result result = hard(bench, 3, logits, new int[] {0, 2}, Reduction.NONE);
    assertArrayEquals(new float[] {(float) Math.log(2), 0}, result.losses);
    assertArrayEquals(new float[] {-0.5f, 0, 0.5f, 0, 0, -0f}, result.gradient, 1e-7f);
    Result even = soft(bench, 3, logits, new double[] {0.5, 0, 0.5, 0, 0, 1}, Reduction.NONE);
    assertArrayEquals(result.losses, even.losses, 1e-7f);
    assertArrayEquals(new float[6], even.gradient, 1e-7f);
  }

  @OnEveryDevice
  void a_masked_target_has_an_infinite_loss_and_a_finite_gradient(Bench bench) {
    Result result = hard(bench, 3, new double[] {0, MASKED, 0}, new int[] {1}, Reduction.MEAN);
    assertEquals(Float.POSITIVE_INFINITY, result.total);
    assertArrayEquals(new float[] {0.5f, -1, 0.5f}, result.gradient, 1e-7f);
  }

  @OnEveryDevice
  void a_logit_that_is_no_number_shows_in_the_loss(Bench bench) {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] logits = {0, bad, 1, 0, 0, 0};
      Result result = hard(bench, 3, logits, new int[] {0, 0}, Reduction.MEAN);
      assertTrue(Float.isNaN(result.losses[0]) || result.losses[0] == Float.POSITIVE_INFINITY);
      assertEquals((float) Math.log(3), result.losses[1]);
      double[] distributions = {1, 0, 0, 1, 0, 0};
      Result soft = soft(bench, 3, logits, distributions, Reduction.MEAN);
      assertTrue(Float.isNaN(soft.losses[0]) || soft.losses[0] == Float.POSITIVE_INFINITY);
    }
  }

  @OnEveryDevice
  void two_equal_logits_have_loss_log_2_however_large_they_are(Bench bench) {
    for (double offset : new double[] {0, 0x1p24, -0x1p24, 1e30, -3e38}) {
      double[] logits = {offset, offset};
      Result hard = hard(bench, 2, logits, new int[] {1}, Reduction.MEAN);
      Result soft = soft(bench, 2, logits, new double[] {0.5, 0.5}, Reduction.MEAN);
      assertEquals((float) Math.log(2), hard.total);
      assertEquals((float) Math.log(2), soft.total);
      assertArrayEquals(new float[] {0.5f, -0.5f}, hard.gradient);
    }
  }

  @OnEveryDevice
  void logits_may_lie_as_far_apart_as_floats_can(Bench bench) {
    double[] logits = {3e38, -3e38};
    Result right = hard(bench, 2, logits, new int[] {0}, Reduction.MEAN);
    assertEquals(0, right.total);
    Result wrong = hard(bench, 2, new double[] {1e38, -1e38}, new int[] {1}, Reduction.SUM);
    assertEquals(2e38f, wrong.total, 1e32f);
    assertArrayEquals(new float[] {1, -1}, wrong.gradient);
  }

  @OnEveryDevice
  void weights_smoothing_and_ignored_rows_go_together(Bench bench) {
    double[] logits = Samples.normal(1, 20 * 31, 3);
    int[] targets = Samples.integers(2, 20, 31);
    targets[3] = 4;
    targets[19] = 4;
    double[] weights = Samples.probabilities(3, 1, 31);
    for (Reduction reduction : REDUCTIONS) {
      CrossEntropyOracle.Result expected =
          CrossEntropyOracle.hard(
              logits,
              targets,
              31,
              new CrossEntropyOracle.Options(
                  CrossEntropyOracle.Reduction.valueOf(reduction.name()), 0.25, weights, 4),
              ONE);
      Result result =
          hard(
              bench,
              31,
              logits,
              targets,
              null,
              new CrossEntropyOptions(4, 0.25f, bench.floats(weights)),
              reduction);
      Tolerance.FLOAT32.assertClose(
          "loss",
          expected.loss(),
          reduction == Reduction.NONE ? result.losses : new float[] {result.total});
      Tolerance.FLOAT32.assertClose("gradient", expected.gradient(), result.gradient);
    }
  }

  @OnEveryDevice
  void two_halves_of_a_batch_add_up_to_the_whole(Bench bench) {
    double[] logits = Samples.normal(1, 20 * 31, 3);
    int[] targets = Samples.integers(2, 20, 31);
    Arrays.fill(targets, 2, 9, -100);
    Result whole = hard(bench, 31, logits, targets, Reduction.MEAN);
    double total = 0;
    try (CrossEntropy part =
        loss(bench, 10, 31, CrossEntropyOptions.PLAIN, Reduction.MEAN_OF_GIVEN)) {
      part.tokenCount(13);
      for (int from = 0; from < 20; from += 10) {
        Tensor z = bench.floats(Arrays.copyOfRange(logits, from * 31, (from + 10) * 31), 10, 31);
        part.targets().write(Arrays.copyOfRange(targets, from, from + 10));
        part.forwardBackward(z, null, false, z);
        total += part.total().toFloats()[0];
        assertArrayEquals(
            Arrays.copyOfRange(whole.gradient, from * 31, (from + 10) * 31), z.toFloats());
      }
    }
    assertEquals(whole.total, total, 1e-6);
  }

  @OnEveryDevice
  void a_token_count_is_given_where_it_is_divided_by_and_nowhere_else(Bench bench) {
    try (CrossEntropy mean = loss(bench, 3, 31, CrossEntropyOptions.PLAIN, Reduction.MEAN);
        CrossEntropy given =
            loss(bench, 3, 31, CrossEntropyOptions.PLAIN, Reduction.MEAN_OF_GIVEN)) {
      assertThrows(IllegalStateException.class, () -> mean.tokenCount(8));
      assertThrows(IllegalArgumentException.class, () -> given.tokenCount(-1));
    }
  }

  @OnEveryDevice
  void an_empty_batch_has_loss_0(Bench bench) {
    for (Reduction reduction : REDUCTIONS) {
      Result hard = hard(bench, 31, new double[0], new int[0], reduction);
      Result soft = soft(bench, 31, new double[0], new double[0], reduction);
      assertTrue(reduction == Reduction.NONE || hard.total == 0);
      assertTrue(reduction == Reduction.NONE || soft.total == 0);
    }
  }

  @OnEveryDevice
  void without_a_reduction_there_is_no_total(Bench bench) {
    try (CrossEntropy loss = loss(bench, 3, 31, CrossEntropyOptions.PLAIN, Reduction.NONE)) {
      String message = assertThrows(IllegalStateException.class, loss::total).getMessage();
      assertTrue(message.contains("losses()"), message);
    }
  }

  @OnEveryDevice
  void a_batch_of_another_size_is_refused(Bench bench) {
    try (CrossEntropy loss = loss(bench, 3, 31, CrossEntropyOptions.PLAIN, Reduction.MEAN)) {
      assertThrows(IllegalArgumentException.class, () -> loss.targets().write(new int[2]));
      assertThrows(IllegalArgumentException.class, () -> loss.forward(bench.output(2, 31)));
      assertThrows(IllegalArgumentException.class, () -> loss.forward(bench.output(3, 30)));
    }
  }

  @OnEveryDevice
  void statistics_come_with_the_loss_if_they_were_asked_for(Bench bench) {
    double[] logits = {1, 3, 2, 3, 0, 0, 0, 0, 0};
    LossSettings settings =
        LossSettings.MEAN.with(
            Statistic.LOG_SUM_EXP,
            Statistic.LOG_PROBABILITY,
            Statistic.ENTROPY,
            Statistic.CORRECT,
            Statistic.ARGMAX);
    try (CrossEntropy loss =
        new CrossEntropy(bench.device(), 3, 3, CrossEntropyOptions.PLAIN, settings)) {
      loss.targets().write(new int[] {1, -100, 2});
      loss.forward(bench.floats(logits, 3, 3));
      assertArrayEquals(new int[] {1, 0, 0}, loss.statistic(Statistic.ARGMAX).toInts());
      assertEquals(1, loss.statistic(Statistic.CORRECT).toFloats()[0]);
      assertEquals(0, loss.statistic(Statistic.CORRECT).toFloats()[2]);
      assertEquals(0.5f, loss.accuracy().toFloats()[0]);
      assertEquals((float) Math.log(3), loss.statistic(Statistic.ENTROPY).toFloats()[2], 1e-6f);
      assertEquals(
          -loss.losses().toFloats()[0], loss.statistic(Statistic.LOG_PROBABILITY).toFloats()[0]);
      assertEquals(
          (float) Math.log(Math.exp(1) + Math.exp(3) + Math.exp(2)),
          loss.statistic(Statistic.LOG_SUM_EXP).toFloats()[0],
          1e-6f);
    }
    try (CrossEntropy loss = loss(bench, 3, 3, CrossEntropyOptions.PLAIN, Reduction.MEAN)) {
      assertThrows(IllegalStateException.class, () -> loss.statistic(Statistic.ENTROPY));
      assertThrows(IllegalStateException.class, loss::accuracy);
    }
  }
}
