package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.LossCall.Gradient;
import dev.surprisal.device.LossCall.Result;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.DivergenceOracle;
import dev.surprisal.oracle.DivergenceOracle.Kind;
import dev.surprisal.oracle.FocalOracle;
import dev.surprisal.oracle.LossRowsOracle;
import dev.surprisal.oracle.LossRowsOracle.Options;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import dev.surprisal.oracle.UnlikelihoodOracle;
import java.util.Arrays;
import java.util.List;

/**
 * What users of other libraries ran into, for every loss of rows. A row of logits follows upon the
 * other: there is no row stride other than V. What is no target is in {@link
 * KernelsLossValuesTest}.
 */
class KernelsLossCasesTest {
  private static final int IGNORED = -100;
  private static final double MASKED = Double.NEGATIVE_INFINITY;
  private static final CrossEntropyOracle.Options PLAIN =
      CrossEntropyOracle.Options.of(Reduction.NONE);

  @OnEveryDevice
  void a_batch_that_is_ignored_has_mean_0_and_no_gradient_whatever_its_logits(Bench bench) {
    int[] ignored = new int[5];
    Arrays.fill(ignored, IGNORED);
    double[] logits = Samples.normal(1, 5 * 31, 3);
    logits[40] = Double.NaN;
    logits[80] = Double.POSITIVE_INFINITY;
    double divisor = divisor(bench, ignored, 31);
    assertEquals(0, divisor);
    Options added = new Options(1, 0, 0.1f, 0.1f);
    for (DenseLoss loss : DenseLoss.each(5, new Targets(ignored, IGNORED), 31)) {
      if (loss.oracle().targets() != null) {
        for (double by : new double[] {1, divisor}) {
          Rows rows = Rows.of(logits, 31).with(added).arriving(null, by);
          Result result = new LossCall(rows, loss).run(bench, Gradient.SEPARATE);
          assertArrayEquals(new float[5], result.losses(), loss.name());
          assertArrayEquals(new float[5 * 31], result.gradient(), loss.name());
          assertEquals(0, mean(bench, result.losses(), by));
        }
      }
    }
  }

  @OnEveryDevice
  void a_divisor_of_0_leaves_no_gradient_and_a_mean_of_0(Bench bench) {
    Rows rows = Rows.of(Samples.normal(1, 5 * 31, 3), 31).arriving(null, 0);
    Targets targets = new Targets(new int[] {1, 2, 3, 4, 5}, IGNORED);
    for (DenseLoss loss : DenseLoss.each(5, targets, 31)) {
      LossCall call = new LossCall(rows, loss);
      call.check(bench, Gradient.SEPARATE);
      assertEquals(0, mean(bench, call.run(bench, Gradient.NONE).losses(), 0));
    }
  }

  @OnEveryDevice
  void loss_and_gradient_of_an_almost_certain_target_keep_their_digits(Bench bench) {
    double[] logits = new double[21 * 3];
    double[] certain = new double[21 * 3];
    double[] one = new double[21];
    Arrays.fill(one, 1);
    for (int row = 0; row < 21; row++) {
      logits[3 * row] = 4 * row;
      certain[3 * row] = 1;
    }
    Targets targets = new Targets(new int[21], IGNORED);
    int[] none = new int[21];
    Arrays.fill(none, -1);
    Tolerance relative = new Tolerance(1.3e-6, 0);
    for (DenseLoss loss :
        List.of(
            DenseLoss.crossEntropy(targets.classes(), PLAIN),
            DenseLoss.crossEntropySoft(certain, PLAIN),
            DenseLoss.crossEntropySparse(new int[21], one, 1),
            DenseLoss.focal(new FocalOracle(targets, null, 0)),
            DenseLoss.unlikelihood(new UnlikelihoodOracle(targets, none, 1, 0.5)),
            DenseLoss.divergence(
                new DivergenceOracle(new double[21 * 3], targets, Kind.KL, 0.5, 1, 0)))) {
      LossCall call = new LossCall(Rows.of(logits, 3), loss);
      LossRowsOracle.Result expected = call.expected();
      Result found = call.run(bench, Gradient.SEPARATE);
      relative.assertClose(loss.name(), expected.losses(), found.losses());
      relative.assertClose(loss.name(), expected.gradient(), found.gradient());
      relative.assertClose(
          loss + ", log-probability",
          expected.losses(),
          found.statistics().logProbability() == null
              ? found.losses()
              : negated(found.statistics().logProbability()));
    }
  }

  private static float[] negated(float[] values) {
    float[] negated = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      negated[i] = -values[i];
    }
    return negated;
  }

  @OnEveryDevice
  void an_upstream_gradient_of_each_row_multiplies_the_gradient_of_that_row(Bench bench) {
    double[] upstream = {2, 3, 0, -1, 0.5};
    Rows rows = Rows.of(Samples.normal(1, 5 * 31, 3), 31).arriving(null, 4);
    Targets targets = new Targets(new int[] {4, IGNORED, 0, 30, 7}, IGNORED);
    for (DenseLoss loss : DenseLoss.each(5, targets, 31)) {
      Result once = new LossCall(rows, loss).run(bench, Gradient.SEPARATE);
      Result found = new LossCall(rows.arriving(upstream, 4), loss).run(bench, Gradient.SEPARATE);
      double[] expected = new double[5 * 31];
      Arrays.setAll(expected, i -> upstream[i / 31] * once.gradient()[i]);
      new Tolerance(1e-6, 1e-9).assertClose(loss.name(), expected, found.gradient());
      assertArrayEquals(once.losses(), found.losses(), loss.name());
    }
  }

  @OnEveryDevice
  void a_vocabulary_may_have_any_size(Bench bench) {
    for (int classes : new int[] {1, 2, 3, 4, 5, 6, 7, 127, 1023, 1025, 4095, 4097, 33_279}) {
      int rows = classes < 1000 ? 6 : 2;
      Targets targets = new Targets(Samples.integers(1, rows, classes), IGNORED);
      Rows of = Rows.of(Samples.normal(2, rows * classes, 3), classes);
      for (DenseLoss loss : DenseLoss.each(rows, targets, classes)) {
        new LossCall(of, loss).check(bench, Gradient.IN_PLACE);
      }
    }
  }

  @OnEveryDevice
  void a_masked_class_takes_no_part(Bench bench) {
    double[] logits = {0, MASKED, 0, MASKED, MASKED, 5};
    double[] even = {0.5, 0, 0.5, 0, 0, 1};
    Targets targets = new Targets(new int[] {0, 2}, IGNORED);
    int[] candidates = {1, 2, 0, 1};
    Options added = new Options(1, 0, 0.1f, 0.1f);
    for (DenseLoss loss :
        List.of(
            DenseLoss.crossEntropy(targets.classes(), PLAIN),
            DenseLoss.crossEntropySoft(even, PLAIN),
            DenseLoss.crossEntropySparse(new int[] {0, 2, 1, 2}, new double[] {0.5, 0.5, 0, 1}, 2),
            DenseLoss.focal(new FocalOracle(targets, null, 2)),
            DenseLoss.unlikelihood(new UnlikelihoodOracle(targets, candidates, 2, 0.5)),
            DenseLoss.divergence(new DivergenceOracle(logits, targets, Kind.KL, 0.5, 2, 0.5)),
            DenseLoss.divergence(
                new DivergenceOracle(new double[6], targets, Kind.REVERSE_KL, 0.5, 2, 0.5)),
            DenseLoss.divergence(
                new DivergenceOracle(new double[6], targets, Kind.JENSEN_SHANNON, 0.5, 2, 0.5)))) {
      for (Options options : List.of(Options.NONE, added)) {
        new LossCall(Rows.of(logits, 3).with(options), loss).check(bench, Gradient.SEPARATE);
      }
    }
  }

  @OnEveryDevice
  void a_masked_target_has_an_infinite_loss_and_a_finite_gradient(Bench bench) {
    Targets targets = new Targets(new int[] {1}, IGNORED);
    for (DenseLoss loss :
        List.of(
            DenseLoss.crossEntropy(targets.classes(), PLAIN),
            DenseLoss.crossEntropySoft(new double[] {0.25, 0.5, 0.25}, PLAIN),
            DenseLoss.focal(new FocalOracle(targets, null, 2)),
            DenseLoss.unlikelihood(new UnlikelihoodOracle(targets, new int[] {2}, 1, 0.5)),
            DenseLoss.divergence(
                new DivergenceOracle(new double[3], targets, Kind.KL, 0.5, 2, 0.5)))) {
      LossCall call = new LossCall(Rows.of(new double[] {0, MASKED, 0}, 3), loss);
      Result result = call.run(bench, Gradient.SEPARATE);
      assertEquals(Float.POSITIVE_INFINITY, result.losses()[0], loss.name());
      Tolerance.FLOAT32.assertClose(loss.name(), call.expected().gradient(), result.gradient());
    }
  }

  @OnEveryDevice
  void a_logit_that_is_no_number_shows_in_the_loss_of_its_row_alone(Bench bench) {
    Targets targets = new Targets(new int[2], IGNORED);
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] logits = {0, bad, 1, 0, 0, 0};
      for (DenseLoss loss : DenseLoss.each(2, targets, 3)) {
        float[] losses = new LossCall(Rows.of(logits, 3), loss).run(bench, Gradient.NONE).losses();
        assertTrue(!Float.isFinite(losses[0]), loss.name());
        assertTrue(Float.isFinite(losses[1]), loss.name());
      }
    }
  }

  @OnEveryDevice
  void two_equal_logits_have_loss_log_2_however_large_they_are(Bench bench) {
    float log2 = (float) Math.log(2);
    Targets targets = new Targets(new int[] {1}, IGNORED);
    for (double offset : new double[] {0, 0x1p24, -0x1p24, 1e30, -3e38}) {
      double[] logits = {offset, offset};
      for (DenseLoss loss :
          List.of(
              DenseLoss.crossEntropy(targets.classes(), PLAIN),
              DenseLoss.crossEntropySoft(new double[] {0.5, 0.5}, PLAIN),
              DenseLoss.crossEntropySparse(new int[] {1}, new double[] {1}, 1),
              DenseLoss.focal(new FocalOracle(targets, null, 0)),
              DenseLoss.unlikelihood(new UnlikelihoodOracle(targets, new int[] {1}, 1, 1)),
              DenseLoss.divergence(
                  new DivergenceOracle(new double[2], targets, Kind.KL, 0.5, 1, 0)))) {
        Result result = new LossCall(Rows.of(logits, 2), loss).run(bench, Gradient.SEPARATE);
        assertEquals(log2, result.losses()[0], loss.name());
        assertEquals(log2, result.statistics().entropy()[0], loss.name());
        if (loss.oracle().targets() != null) {
          assertEquals(-log2, result.statistics().logProbability()[0], loss.name());
        }
        float target = loss.name().startsWith("soft") ? 0 : 0.5f;
        assertArrayEquals(new float[] {target, -target}, result.gradient(), 1e-7f, loss.name());
      }
      for (Kind kind : Kind.values()) {
        DenseLoss loss =
            DenseLoss.divergence(new DivergenceOracle(new double[2], null, kind, 0.5, 1, 1));
        Result result = new LossCall(Rows.of(logits, 2), loss).run(bench, Gradient.SEPARATE);
        assertEquals(0, result.losses()[0], 1e-7f, loss.name());
        assertArrayEquals(new float[2], result.gradient(), 1e-7f, loss.name());
      }
    }
  }

  @OnEveryDevice
  void weights_smoothing_and_ignored_rows_go_together(Bench bench) {
    double[] logits = Samples.normal(1, 20 * 31, 3);
    int[] targets = Samples.integers(2, 20, 31);
    targets[3] = 4;
    targets[19] = 4;
    double[] weights = DenseLoss.weights(31);
    Tensor sum = bench.output(1);
    bench.kernels().losses().targetWeight(bench.ints(targets), 31, 4, bench.floats(weights), sum);
    CrossEntropyOracle.Options options =
        new CrossEntropyOracle.Options(Reduction.MEAN, 0.25, weights, 4);
    CrossEntropyOracle.Result expected =
        CrossEntropyOracle.hard(logits, targets, 31, options, new double[] {1});
    float divisor = sum.toFloats()[0];
    Result found =
        new LossCall(
                Rows.of(logits, 31).arriving(null, divisor),
                DenseLoss.crossEntropy(targets, options))
            .run(bench, Gradient.SEPARATE);
    Tolerance.FLOAT32.assertClose("loss", expected.loss()[0], mean(bench, found.losses(), divisor));
    Tolerance.FLOAT32.assertClose("gradient", expected.gradient(), found.gradient());
  }

  @OnEveryDevice
  void parts_of_a_batch_with_the_divisor_of_the_whole_add_up_to_the_whole(Bench bench) {
    int[] of = Samples.integers(2, 20, 31);
    Arrays.fill(of, 2, 9, IGNORED);
    double divisor = divisor(bench, of, 31);
    assertEquals(13, divisor);
    Targets targets = new Targets(of, IGNORED);
    Rows whole = Rows.of(Samples.normal(1, 20 * 31, 3), 31).arriving(null, divisor);
    for (DenseLoss loss : DenseLoss.each(20, targets, 31)) {
      if (loss.oracle() instanceof DivergenceOracle || loss.name().startsWith("soft")) {
        continue; // What these compare with goes row by row, and is cut with the logits.
      }
      Result expected = new LossCall(whole, loss).run(bench, Gradient.SEPARATE);
      double total = 0;
      for (int from = 0; from < 20; from += 7) {
        int to = Math.min(20, from + 7);
        int[] positions = new int[to - from];
        int first = from;
        Arrays.setAll(positions, row -> first + row);
        Rows part =
            whole
                .withLogits(Arrays.copyOfRange(whole.logits(), from * 31, to * 31))
                .at(positions, 20);
        Result found = new LossCall(part, loss).run(bench, Gradient.SEPARATE);
        assertArrayEquals(
            Arrays.copyOfRange(expected.gradient(), from * 31, to * 31),
            found.gradient(),
            loss.name());
        assertArrayEquals(
            Arrays.copyOfRange(expected.losses(), from, to),
            Arrays.copyOfRange(found.losses(), from, to),
            loss.name());
        total += mean(bench, Arrays.copyOfRange(found.losses(), from, to), divisor);
      }
      assertEquals(mean(bench, expected.losses(), divisor), total, 1e-5, loss.name());
    }
  }

  @OnEveryDevice
  void an_empty_batch_has_mean_0(Bench bench) {
    for (int classes : new int[] {1, 31, 5000}) {
      assertEquals(0, divisor(bench, new int[0], classes));
      for (DenseLoss loss : DenseLoss.each(0, new Targets(new int[0], IGNORED), classes)) {
        for (double divisor : new double[] {1, 0}) {
          Rows none = Rows.of(new double[0], classes).arriving(null, divisor);
          new LossCall(none, loss).check(bench, Gradient.SEPARATE);
          assertEquals(0, mean(bench, new float[0], divisor));
        }
      }
      // No row, but tokens: nothing is written to them.
      Rows chunk = Rows.of(new double[0], classes).at(new int[0], 3);
      for (DenseLoss loss : DenseLoss.each(0, new Targets(new int[3], IGNORED), classes)) {
        new LossCall(chunk, loss).check(bench, Gradient.SEPARATE);
      }
    }
  }

  private static double divisor(Bench bench, int[] targets, int classes) {
    Tensor sum = bench.output(1);
    bench.kernels().losses().targetWeight(bench.ints(targets), classes, IGNORED, null, sum);
    return sum.toFloats()[0];
  }

  private static double mean(Bench bench, float[] losses, double divisor) {
    Tensor total = bench.output(1);
    bench
        .kernels()
        .losses()
        .reduceLosses(
            bench.floats(Samples.doubles(losses)), bench.floats(new double[] {divisor}), total);
    return total.toFloats()[0];
  }
}
