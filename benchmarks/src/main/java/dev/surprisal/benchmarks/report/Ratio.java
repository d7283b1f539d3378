package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Answer.Turn;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * One contestant's time over another's.
 *
 * @param value of the medians of turns
 * @param lowest of single rounds
 * @param highest of single rounds
 * @param rounds in which both had a turn
 */
record Ratio(double value, double lowest, double highest, int rounds) {
  /** The first's over the second's; turns of the same place were taken one after the other. */
  static Optional<Ratio> of(List<Turn> first, List<Turn> second) {
    double[] rounds =
        IntStream.range(0, Math.min(first.size(), second.size()))
            .mapToDouble(i -> first.get(i).median() / second.get(i).median())
            .toArray();
    return rounds.length == 0
        ? Optional.empty()
        : Optional.of(
            new Ratio(
                median(first) / median(second),
                StatUtils.min(rounds),
                StatUtils.max(rounds),
                rounds.length));
  }

  private static double median(List<Turn> turns) {
    return StatUtils.percentile(turns.stream().mapToDouble(Turn::median).toArray(), 50);
  }

  /** As in {@code 1.57 (1.52–1.60)}. */
  @Override
  public String toString() {
    String text = Units.ratio(value);
    return rounds == 1
        ? text
        : text + " (" + Units.ratio(lowest) + "–" + Units.ratio(highest) + ")";
  }
}
