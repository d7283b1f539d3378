package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Answer.Turn;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A figure that was taken once a round.
 *
 * @param median of the rounds
 * @param spread the range of the rounds over their median; of a single round, the range of the
 *     middle half of its samples
 */
record Repeats(double median, double spread) {
  /** Our times. */
  static Repeats of(List<Turn> turns) {
    return of(turns.stream().mapToDouble(Turn::median).toArray(), quartiles(turns.get(0)));
  }

  /** Our times over a peer's, round by round. */
  static Repeats of(List<Turn> ours, List<Turn> peers) {
    double[] rounds =
        IntStream.range(0, Math.min(ours.size(), peers.size()))
            .mapToDouble(i -> ours.get(i).median() / peers.get(i).median())
            .toArray();
    return of(rounds, quartiles(ours.get(0)) + quartiles(peers.get(0)));
  }

  private static Repeats of(double[] rounds, double spreadOfOne) {
    double median = StatUtils.percentile(rounds, 50);
    double range = (StatUtils.max(rounds) - StatUtils.min(rounds)) / median;
    return new Repeats(median, rounds.length == 1 ? spreadOfOne : range);
  }

  private static double quartiles(Turn turn) {
    return (turn.upper() - turn.lower()) / turn.median();
  }
}
