package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.surprisal.device.LossCall.Gradient;
import dev.surprisal.device.LossCall.Result;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.DivergenceOracle;
import dev.surprisal.oracle.DivergenceOracle.Kind;
import dev.surprisal.oracle.FocalOracle;
import dev.surprisal.oracle.LossRowsOracle.Options;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import dev.surprisal.oracle.Samples;
import java.util.List;

/** What is the same for all losses of rows; each has a test of its own for what it computes. */
class KernelsLossOptionsTest {
  private static final Options ALL = new Options(0.75f, 5, 0.01f, 0.3f);
  private static final List<Options> OPTIONS =
      List.of(
          new Options(1.7f, 0, 0, 0),
          new Options(1, 2.5f, 0, 0),
          new Options(1, 0, 0.01f, 0),
          new Options(1, 0, 0, 0.3f),
          ALL);

  /** A third of the tokens have the ignore index, which is a class. */
  private static Targets targets(int tokens, int classes) {
    int[] targets = Samples.integers(1, tokens, classes);
    int ignoreIndex = classes / 2;
    for (int token = 0; token < tokens; token += 3) {
      targets[token] = ignoreIndex;
    }
    return new Targets(targets, ignoreIndex);
  }

  @OnEveryDevice
  void logits_are_mapped_and_terms_are_added_as_the_formula_says(Bench bench) {
    for (int classes : new int[] {1, 2, 33, 127}) {
      for (int rows : new int[] {0, 1, 20}) {
        Rows of = Rows.of(Samples.normal(2, rows * classes, 3), classes);
        for (DenseLoss loss : DenseLoss.each(rows, targets(rows, classes), classes)) {
          for (Options options : OPTIONS) {
            new LossCall(of.with(options), loss).check(bench, Gradient.SEPARATE);
          }
        }
      }
    }
  }

  @OnEveryDevice
  void everything_goes_together_over_a_large_vocabulary(Bench bench) {
    int classes = 5001;
    int[] positions = Samples.distinct(3, 1, 5, 9);
    Rows rows =
        Rows.of(Samples.normal(2, 5 * classes, 3), classes)
            .with(ALL)
            .at(positions, 9)
            .arriving(Samples.normal(4, 9, 1), 3.5f);
    for (DenseLoss loss : DenseLoss.each(5, targets(9, classes), classes)) {
      new LossCall(rows, loss).check(bench, Gradient.IN_PLACE);
    }
  }

  @OnEveryDevice
  void rows_are_read_and_written_at_the_tokens_of_their_positions(Bench bench) {
    for (int rows : new int[] {0, 1, 19, 140}) {
      int tokens = rows + 40;
      Rows of =
          Rows.of(Samples.normal(2, rows * 31, 3), 31)
              .at(Samples.distinct(3, 1, rows, tokens), tokens)
              .arriving(Samples.normal(4, tokens, 1), 7);
      for (DenseLoss loss : DenseLoss.each(rows, targets(tokens, 31), 31)) {
        new LossCall(of, loss).check(bench, Gradient.SEPARATE);
      }
    }
  }

  @OnEveryDevice
  void results_do_not_depend_on_where_the_gradient_goes(Bench bench) {
    Rows rows = Rows.of(Samples.normal(2, 20 * 33, 3), 33).with(ALL);
    for (DenseLoss loss : DenseLoss.each(20, targets(20, 33), 33)) {
      Result separate = new LossCall(rows, loss).run(bench, Gradient.SEPARATE);
      Result inPlace = new LossCall(rows, loss).run(bench, Gradient.IN_PLACE);
      Result none = new LossCall(rows, loss).run(bench, Gradient.NONE);
      assertArrayEquals(separate.gradient(), inPlace.gradient(), loss.name());
      for (Result other : List.of(inPlace, none)) {
        assertArrayEquals(separate.losses(), other.losses(), loss.name());
        assertArrayEquals(separate.statistics().logSumExp(), other.statistics().logSumExp());
        assertArrayEquals(separate.statistics().entropy(), other.statistics().entropy());
        assertArrayEquals(separate.statistics().argmax(), other.statistics().argmax());
      }
    }
  }

  @OnEveryDevice
  void results_do_not_depend_on_what_else_is_asked_for(Bench bench) {
    double[] logits = Samples.normal(2, 20 * 33, 3);
    Rows rows = Rows.of(logits, 33).with(ALL);
    for (DenseLoss loss : DenseLoss.each(20, targets(20, 33), 33)) {
      Result expected = new LossCall(rows, loss).run(bench, Gradient.SEPARATE);
      Tensor z = bench.floats(logits, 20, 33);
      LossRows alone =
          new LossRows(
              z,
              null,
              null,
              null,
              LossCall.options(ALL),
              bench.output(20),
              LossStatistics.NONE,
              bench.output(20, 33));
      loss.kernel().run(bench, alone);
      assertArrayEquals(expected.losses(), alone.losses().toFloats(), loss.name());
      assertArrayEquals(expected.gradient(), alone.gradLogits().toFloats(), loss.name());
      assertArrayEquals(Samples.floats(logits), z.toFloats(), loss.name());
    }
  }

  @OnEveryDevice
  void the_statistics_are_the_same_bits_for_every_loss_of_the_same_logits(Bench bench) {
    for (int classes : new int[] {33, 5001}) {
      Rows rows = Rows.of(Samples.normal(2, 7 * classes, 3), classes).with(ALL);
      LossCall.Statistics first = null;
      for (DenseLoss loss : DenseLoss.each(7, targets(7, classes), classes)) {
        LossCall.Statistics found = new LossCall(rows, loss).run(bench, Gradient.NONE).statistics();
        first = first == null ? found : first;
        assertArrayEquals(first.logSumExp(), found.logSumExp(), loss.name());
        assertArrayEquals(first.entropy(), found.entropy(), loss.name());
        assertArrayEquals(first.argmax(), found.argmax(), loss.name());
        if (found.correct() != null) {
          assertArrayEquals(first.logProbability(), found.logProbability(), loss.name());
          assertArrayEquals(first.correct(), found.correct(), loss.name());
        }
      }
    }
  }

  @OnEveryDevice
  void of_equal_logits_the_lowest_class_is_the_argmax(Bench bench) {
    for (int classes : new int[] {2, 33, 300, 5001}) {
      double[] logits = Samples.normal(2, 3 * classes, 1);
      int[] highest = {0, classes / 2, classes - 2};
      for (int row = 0; row < 3; row++) {
        logits[row * classes + highest[row]] = 9;
        logits[row * classes + classes - 1] = 9;
      }
      int[] targets = {0, classes - 1, -1};
      for (DenseLoss loss : DenseLoss.each(3, new Targets(targets, -1), classes)) {
        new LossCall(Rows.of(logits, classes), loss).check(bench, Gradient.NONE);
      }
    }
  }

  @OnEveryDevice
  void a_masked_class_stays_masked_under_a_soft_cap(Bench bench) {
    double[] logits = Samples.normal(2, 3 * 33, 3);
    double[] teacher = Samples.normal(5, 3 * 33, 3);
    for (int row = 0; row < 3; row++) {
      for (int k = 0; k < 33; k += row + 2) {
        logits[row * 33 + k] = Double.NEGATIVE_INFINITY;
      }
    }
    Targets targets = new Targets(new int[] {1, 1, -1}, -1);
    Rows rows = Rows.of(logits, 33).with(ALL);
    for (DenseLoss loss :
        List.of(
            DenseLoss.crossEntropy(
                targets.classes(), new CrossEntropyOracle.Options(Reduction.NONE, 0, null, -1)),
            DenseLoss.focal(new FocalOracle(targets, null, 2)),
            DenseLoss.divergence(
                new DivergenceOracle(teacher, null, Kind.REVERSE_KL, 0.5, 2, 1)))) {
      new LossCall(rows, loss).check(bench, Gradient.SEPARATE);
    }
  }
}
