package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.oracle.SequenceOracle.Lists;
import dev.surprisal.oracle.SequenceOracle.Options;
import dev.surprisal.oracle.SequenceOracle.Result;
import org.junit.jupiter.api.Test;

class SequenceOracleTest {
  private static final Options RISK = new Options(false, 1, 0, 0, false);
  private static final Options RANKING = new Options(true, 1, 0.5, 0, false);

  @Test
  void the_gradient_is_that_of_central_differences() {
    Lists lists = SequenceCases.lists(1, 5, 2, 7, 3);
    double[] losses = SequenceCases.losses(2, SequenceCases.tokens(lists));
    for (Options options : SequenceCases.OPTIONS) {
      CentralDifferences.check(
          options.toString(),
          moved -> SequenceOracle.of(moved, lists, options).mean(),
          losses,
          SequenceOracle.of(losses, lists, options).gradient());
    }
  }

  @Test
  void the_risk_of_two_hypotheses_is_what_is_expected_by_hand() {
    // q of 0.2 · 0.5 and of 0.3: P of 1/4 and 3/4.
    double[] losses = {-Math.log(0.2), -Math.log(0.5), -Math.log(0.3)};
    Lists lists = new Lists(new int[] {0, 2}, new int[] {2, 1}, new int[] {0, 2}, costs(4, 8));
    Result result = SequenceOracle.of(losses, lists, RISK);
    assertArrayEquals(new double[] {Math.log(0.1), Math.log(0.3)}, result.scores(), 1e-15);
    assertEquals(7, result.listLosses()[0], 1e-14);
    double slope = 0.25 * 0.75 * 4;
    assertArrayEquals(new double[] {slope, slope, -slope}, result.gradient(), 1e-14);
  }

  @Test
  void only_a_pair_that_is_not_far_enough_apart_counts() {
    // The second costs least. The first trails by enough, the third does not.
    double[] losses = {3, 1, 1.25};
    Lists lists =
        new Lists(new int[] {0, 1, 2}, new int[] {1, 1, 1}, new int[] {0, 3}, costs(2, 1, 2));
    Result result = SequenceOracle.of(losses, lists, RANKING);
    assertEquals(0.25 / 2, result.listLosses()[0], 1e-15);
    assertArrayEquals(new double[] {0, 0.5, -0.5}, result.gradient(), 1e-15);
  }

  @Test
  void a_mean_over_tokens_is_not_ruled_by_length() {
    double[] losses = {1, 1, 1, 1, 1};
    Lists lists = new Lists(new int[] {0, 1}, new int[] {1, 4}, new int[] {0, 2}, costs(0, 1));
    Result result = SequenceOracle.of(losses, lists, new Options(false, 1, 0, 0, true));
    assertEquals(0.5, result.mean(), 1e-15);
    assertArrayEquals(
        new double[] {0.25, -0.0625, -0.0625, -0.0625, -0.0625}, result.gradient(), 1e-15);
  }

  @Test
  void where_all_cost_the_same_there_is_nothing_to_rank() {
    Lists lists = new Lists(new int[] {0, 1}, new int[] {1, 1}, new int[] {0, 2}, costs(3, 3));
    Result result = SequenceOracle.of(new double[] {1, 2}, lists, RANKING);
    assertEquals(0, result.mean());
    assertArrayEquals(new double[2], result.gradient(), 1e-15);
  }

  private static double[] costs(double... costs) {
    return costs;
  }
}
