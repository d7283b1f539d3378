package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.SequenceCases;
import dev.surprisal.oracle.SequenceOracle;
import dev.surprisal.oracle.SequenceOracle.Lists;
import dev.surprisal.oracle.SequenceOracle.Options;
import dev.surprisal.oracle.SequenceOracle.Result;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class KernelsSequenceLossTest {
  private static final Options RISK = new Options(false, 1, 0, 0, false);

  /** Operands of one call. */
  private record Call(
      Bench bench,
      Tensor losses,
      Sequences sequences,
      Tensor scores,
      Tensor listLosses,
      Tensor gradLosses) {
    static Call of(Bench bench, double[] losses, Lists lists) {
      return new Call(
          bench,
          bench.floats(losses),
          new Sequences(
              bench.ints(lists.starts()),
              bench.ints(lists.lengths()),
              bench.ints(lists.lists()),
              bench.floats(lists.costs())),
          bench.output(lists.costs().length),
          bench.output(lists.lists().length - 1),
          bench.output(losses.length));
    }

    Call run(Options options) {
      bench
          .kernels()
          .losses()
          .sequenceLoss(losses, sequences, options(options), scores, listLosses, gradLosses);
      return this;
    }
  }

  private static SequenceOptions options(Options options) {
    return new SequenceOptions(
        options.ranks() ? SequenceOptions.Kind.RANKING : SequenceOptions.Kind.MINIMUM_RISK,
        (float) options.scale(),
        (float) options.margin(),
        (float) options.likelihood(),
        options.normalised());
  }

  private static void assertJudged(Bench bench, double[] losses, Lists lists, double atol) {
    for (Options options : SequenceCases.OPTIONS) {
      Result expected = SequenceOracle.of(losses, lists, options);
      Call found = Call.of(bench, losses, lists).run(options);
      Tolerance tolerance = new Tolerance(Tolerance.FLOAT32.rtol(), atol);
      String what = options.toString();
      tolerance.assertClose(what, expected.scores(), found.scores.toFloats());
      tolerance.assertClose(what, expected.listLosses(), found.listLosses.toFloats());
      tolerance.assertClose(what, expected.gradient(), found.gradLosses.toFloats());
    }
  }

  @OnEveryDevice
  void losses_of_lists_and_their_gradients_are_those_of_the_oracle(Bench bench) {
    int[][] sizes = {{2}, {5}, {3, 2, 10, 4, 2, 31}, {9, 150, 2}};
    int[] longest = {1, 7, 40, 1500};
    for (int i = 0; i < sizes.length; i++) {
      Lists lists = SequenceCases.lists(i, longest[i], sizes[i]);
      double[] losses = SequenceCases.losses(i + 10, SequenceCases.tokens(lists));
      assertJudged(bench, losses, lists, Tolerance.FLOAT32.atol());
    }
  }

  @OnEveryDevice
  void the_risk_of_a_list_with_an_almost_certain_hypothesis_keeps_its_digits(Bench bench) {
    // P of the second is e^-40, so the gradient is as small, though costs are not.
    Lists lists =
        new Lists(new int[] {0, 1}, new int[] {1, 2}, new int[] {0, 2}, new double[] {3, 8});
    double[] losses = {0, 40, 0.0009765625};
    Result expected = SequenceOracle.of(losses, lists, RISK);
    Call found = Call.of(bench, losses, lists).run(RISK);
    new Tolerance(1.3e-6, 0)
        .assertClose("gradient", expected.gradient(), found.gradLosses.toFloats());
  }

  @OnEveryDevice
  void an_impossible_hypothesis_has_no_part_in_the_risk(Bench bench) {
    Lists lists =
        new Lists(
            new int[] {0, 1, 3}, new int[] {1, 2, 1}, new int[] {0, 3}, new double[] {1, 9, 4});
    Call found = Call.of(bench, new double[] {1, Double.POSITIVE_INFINITY, 2, 3}, lists).run(RISK);
    double p = 1 / (1 + Math.exp(-2));
    double slope = p * (1 - p) * 3;
    double[] loss = {p + (1 - p) * 4};
    Tolerance.FLOAT32.assertClose("loss", loss, found.listLosses.toFloats());
    double[] gradient = {slope, 0, 0, -slope};
    Tolerance.FLOAT32.assertClose("gradient", gradient, found.gradLosses.toFloats());
  }

  @OnEveryDevice
  void a_loss_that_is_no_number_makes_that_of_its_list_none(Bench bench) {
    Lists lists = SequenceCases.lists(1, 5, 3, 3);
    double[] losses = SequenceCases.losses(2, SequenceCases.tokens(lists));
    losses[lists.starts()[1]] = Double.NaN;
    for (Options options : SequenceCases.OPTIONS) {
      Lists apart =
          new Lists(
              lists.starts(), lists.lengths(), lists.lists(), new double[] {1, 2, 3, 1, 2, 3});
      float[] found = Call.of(bench, losses, apart).run(options).listLosses.toFloats();
      assertEquals(Float.NaN, found[0], options.toString());
      assertEquals(true, Float.isFinite(found[1]), options.toString());
    }
  }

  @OnEveryDevice
  void there_may_be_no_lists(Bench bench) {
    Lists none = new Lists(new int[0], new int[0], new int[1], new double[0]);
    assertArrayEquals(
        new float[3], Call.of(bench, new double[] {1, 2, 3}, none).run(RISK).gradLosses.toFloats());
    Call.of(bench, new double[0], none).run(RISK);
    bench.device().synchronize();
  }

  @OnEveryDevice
  void sequences_that_do_not_fit_are_refused_and_nothing_is_written(Bench bench) {
    Lists good = SequenceCases.lists(1, 4, 2, 3, 2);
    int tokens = SequenceCases.tokens(good);
    int start = good.starts()[4];
    int inside = good.starts()[3] + good.lengths()[3] - 1;
    int[][] bad = {
      {start, 0},
      {start, -1},
      {start, Integer.MIN_VALUE},
      {start, tokens - start + 1},
      {start, Integer.MAX_VALUE},
      {-1, 1},
      {Integer.MIN_VALUE, 1},
      {tokens, 1},
      {inside, 1}
    };
    for (int[] values : bad) {
      int[] starts = good.starts().clone();
      int[] lengths = good.lengths().clone();
      starts[4] = values[0];
      lengths[4] = values[1];
      assertRefused(
          bench,
          new Lists(starts, lengths, good.lists(), good.costs()),
          tokens,
          "sequence loss: expected 1 token or more, after those of the previous sequence and within"
              + " the losses, for sequence 4, found "
              + values[1]
              + " from "
              + values[0]
              + " on");
    }
  }

  @OnEveryDevice
  void lists_that_do_not_fit_are_refused_and_nothing_is_written(Bench bench) {
    Lists good = SequenceCases.lists(1, 4, 2, 3, 2);
    int[][] bad = {{0, 1}, {0, -1}, {1, 1}, {1, 0}, {1, -7}, {2, 3}, {3, 6}, {3, 8}, {3, 1 << 30}};
    for (int[] values : bad) {
      int[] lists = good.lists().clone();
      lists[values[0]] = values[1];
      assertRefused(
          bench,
          new Lists(good.starts(), good.lengths(), lists, good.costs()),
          SequenceCases.tokens(good),
          "sequence loss: expected lists of 2 sequences or more from the first to the last, found "
              + values[1]
              + " for bound "
              + values[0]);
    }
  }

  @OnEveryDevice
  void costs_that_are_not_finite_are_refused_and_nothing_is_written(Bench bench) {
    Lists good = SequenceCases.lists(1, 4, 2, 3);
    for (float cost : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      double[] costs = good.costs().clone();
      costs[3] = cost;
      costs[4] = cost;
      assertRefused(
          bench,
          new Lists(good.starts(), good.lengths(), good.lists(), costs),
          SequenceCases.tokens(good),
          "sequence loss: expected a finite cost of sequence 3, found " + cost);
    }
  }

  private static void assertRefused(Bench bench, Lists lists, int tokens, String message) {
    Call call = Call.of(bench, SequenceCases.losses(2, tokens), lists);
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  call.run(RISK);
                  bench.device().synchronize();
                })
            .getMessage());
    for (Tensor output : new Tensor[] {call.scores, call.listLosses, call.gradLosses}) {
      float[] untouched = new float[(int) output.elements()];
      Arrays.fill(untouched, Float.NaN);
      assertArrayEquals(untouched, output.toFloats());
    }
  }

  @OnEveryDevice
  void losses_are_left_as_they_are(Bench bench) {
    Lists lists = SequenceCases.lists(1, 4, 2, 3);
    double[] losses = SequenceCases.losses(2, SequenceCases.tokens(lists));
    assertArrayEquals(
        Samples.floats(losses), Call.of(bench, losses, lists).run(RISK).losses.toFloats());
  }
}
