package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.oracle.LossRowsOracle;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

/**
 * A call of a loss of rows with everything that can be asked of it.
 *
 * @param rows logits and what arrives at them
 * @param loss which
 */
record LossCall(Rows rows, DenseLoss loss) {
  /** What becomes of the gradient of the logits. */
  enum Gradient {
    SEPARATE,
    IN_PLACE,
    NONE
  }

  /**
   * What comes of a call.
   *
   * @param losses [M]
   * @param gradient [N, V], or null if there is none
   * @param statistics [M] each; null where there is none
   */
  record Result(float[] losses, float[] gradient, Statistics statistics) {}

  /** As {@link LossStatistics}. */
  record Statistics(
      float[] logSumExp, float[] logProbability, float[] entropy, float[] correct, int[] argmax) {}

  static LossOptions options(LossRowsOracle.Options of) {
    return new LossOptions(
        (float) of.scale(),
        (float) of.softCap(),
        (float) of.zLoss(),
        (float) of.confidencePenalty());
  }

  Result run(Bench bench, Gradient where) {
    Tensor z = bench.floats(rows.logits(), rows.count(), rows.classes());
    int tokens = rows.tokens();
    boolean targets = loss.oracle().targets() != null;
    LossStatistics statistics =
        new LossStatistics(
            bench.output(tokens),
            targets ? bench.output(tokens) : null,
            bench.output(tokens),
            targets ? bench.output(tokens) : null,
            bench.intOutput(tokens));
    LossRows call =
        new LossRows(
            z,
            rows.positions() == null ? null : bench.ints(rows.positions()),
            rows.upstream() == null ? null : bench.floats(rows.upstream()),
            rows.divisor() == 1 ? null : bench.floats(new double[] {rows.divisor()}),
            options(rows.options()),
            bench.output(tokens),
            statistics,
            switch (where) {
              case SEPARATE -> bench.output(rows.count(), rows.classes());
              case IN_PLACE -> z;
              case NONE -> null;
            });
    loss.kernel().run(bench, call);
    return new Result(
        call.losses().toFloats(),
        where == Gradient.NONE ? null : call.gradLogits().toFloats(),
        new Statistics(
            statistics.logSumExp().toFloats(),
            targets ? statistics.logProbability().toFloats() : null,
            statistics.entropy().toFloats(),
            targets ? statistics.correct().toFloats() : null,
            statistics.argmax().toInts()));
  }

  LossRowsOracle.Result expected() {
    return LossRowsOracle.of(rows, loss.oracle());
  }

  /** Fails unless all results are close to the oracle's. */
  void check(Bench bench, Gradient where) {
    check(bench, where, Tolerance.FLOAT32);
  }

  /** Fails unless all results are close to the oracle's. */
  void check(Bench bench, Gradient where, Tolerance tolerance) {
    LossRowsOracle.Result expected = expected();
    Result found = run(bench, where);
    assertOnlyWritten(bench, found);
    tolerance.assertClose(what("losses"), ofRows(expected.losses()), ofRows(found.losses));
    if (where != Gradient.NONE) {
      double share = rows.divisor() == 0 ? 1 : 1 / rows.divisor();
      tolerance.around(share).assertClose(what("gradient"), expected.gradient(), found.gradient);
    }
    Statistics statistics = found.statistics;
    tolerance.assertClose(
        what("log-sum-exp"), ofRows(expected.logSumExp()), ofRows(statistics.logSumExp));
    tolerance.assertClose(what("entropy"), ofRows(expected.entropy()), ofRows(statistics.entropy));
    if (loss.oracle().targets() != null) {
      tolerance.assertClose(
          what("log-probability"),
          ofRows(expected.logProbability()),
          ofRows(statistics.logProbability));
      assertArrayEquals(ofRows(expected.correct()), ofRows(statistics.correct), what("correct"));
    }
    int[] argmax = new int[rows.count()];
    Arrays.setAll(argmax, row -> statistics.argmax[rows.token(row)]);
    int[] expectedArgmax = new int[rows.count()];
    Arrays.setAll(expectedArgmax, row -> expected.argmax()[rows.token(row)]);
    assertArrayEquals(expectedArgmax, argmax, what("argmax"));
  }

  /** A token without a row has what it had. */
  private void assertOnlyWritten(Bench bench, Result found) {
    int before = Bench.bits(bench.intOutput(1))[0];
    boolean[] written = new boolean[rows.tokens()];
    for (int row = 0; row < rows.count(); row++) {
      written[rows.token(row)] = true;
    }
    for (int token = 0; token < written.length; token++) {
      if (!written[token]) {
        String what = what("token " + token);
        assertEquals(before, Float.floatToRawIntBits(found.losses[token]), what);
        Statistics statistics = found.statistics;
        assertEquals(before, Float.floatToRawIntBits(statistics.logSumExp[token]), what);
        assertEquals(before, Float.floatToRawIntBits(statistics.entropy[token]), what);
        assertEquals(before, statistics.argmax[token], what);
        if (loss.oracle().targets() != null) {
          assertEquals(before, Float.floatToRawIntBits(statistics.logProbability[token]), what);
          assertEquals(before, Float.floatToRawIntBits(statistics.correct[token]), what);
        }
      }
    }
  }

  private String what(String result) {
    return "%s of %s, %d rows of %d of %d tokens, %s"
        .formatted(result, loss, rows.count(), rows.classes(), rows.tokens(), rows.options());
  }

  private double[] ofRows(double[] values) {
    double[] of = new double[rows.count()];
    Arrays.setAll(of, row -> values[rows.token(row)]);
    return of;
  }

  private double[] ofRows(float[] values) {
    double[] of = new double[rows.count()];
    Arrays.setAll(of, row -> values[rows.token(row)]);
    return of;
  }
}
