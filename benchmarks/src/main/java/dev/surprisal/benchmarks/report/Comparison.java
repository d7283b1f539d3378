package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.measure.Row;
import dev.surprisal.benchmarks.report.Change.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A comparison of two runs, case by case. The rule:
 *
 * <ul>
 *   <li>A case is judged by our time over a peer's in the same round where that peer has turns in
 *       both runs, so that a machine that is slower as a whole is not called a regression; of
 *       several such peers by the one that leaves the least noise. Where there is none, by our
 *       time.
 *   <li>The change is the new median of rounds over the old.
 *   <li>The noise is the spread of the old rounds and that of the new, added: the range over the
 *       median, or of a single round the range of the middle half of its samples. It is never taken
 *       for less than {@link #LEAST_NOISE}.
 *   <li>Slower is a change above 1 + noise, faster one below 1 / (1 + noise).
 * </ul>
 */
final class Comparison {
  /**
   * Where memory lies and how code is compiled differs from process to process by about as much.
   */
  static final double LEAST_NOISE = 0.02;

  private Comparison() {}

  /**
   * Changes of all cases that have our time in one of the runs: those of the new run, then others.
   */
  static List<Change> of(Results old, Results now) {
    Map<String, Row> before = byCase(old);
    List<Change> changes = new ArrayList<>();
    for (Row row : byCase(now).values()) {
      Row earlier = before.remove(key(row));
      changes.add(earlier == null ? single(row, Verdict.ONLY_NEW) : change(earlier, row));
    }
    before.values().forEach(row -> changes.add(single(row, Verdict.ONLY_OLD)));
    return changes;
  }

  private static Map<String, Row> byCase(Results results) {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Row row : results.rows()) {
      if (new Figures(row).has(Contestant.OURS)) {
        rows.put(key(row), row);
      }
    }
    return rows;
  }

  private static String key(Row row) {
    return row.group() + ": " + row.which();
  }

  private static double time(Row row) {
    return new Figures(row).time(Contestant.OURS).orElseThrow();
  }

  private static Change single(Row row, Verdict verdict) {
    Double before = verdict == Verdict.ONLY_OLD ? time(row) : null;
    Double after = verdict == Verdict.ONLY_NEW ? time(row) : null;
    return new Change(
        row.group(), row.which().toString(), before, after, null, null, null, null, null, verdict);
  }

  private static Change change(Row old, Row now) {
    Figures before = new Figures(old);
    Figures after = new Figures(now);
    double change = time(now) / time(old);
    Optional<Judged> beside =
        before.peers().stream()
            .filter(peer -> before.has(peer) && after.has(peer))
            .map(peer -> Judged.beside(peer, before, after))
            .min(Comparator.comparingDouble(Judged::noise));
    Judged judged = beside.orElseGet(() -> Judged.alone(before, after));
    return new Change(
        now.group(),
        now.which().toString(),
        time(old),
        time(now),
        change,
        judged.noise,
        judged.peer,
        judged.drift,
        judged.change,
        judged.verdict());
  }

  /** The change that counts. */
  private record Judged(String peer, Double drift, double change, double noise) {
    static Judged alone(Figures before, Figures after) {
      return of(
          null,
          null,
          Repeats.of(before.turns(Contestant.OURS)),
          Repeats.of(after.turns(Contestant.OURS)));
    }

    static Judged beside(String peer, Figures before, Figures after) {
      return of(
          peer,
          after.time(peer).orElseThrow() / before.time(peer).orElseThrow(),
          Repeats.of(before.turns(Contestant.OURS), before.turns(peer)),
          Repeats.of(after.turns(Contestant.OURS), after.turns(peer)));
    }

    private static Judged of(String peer, Double drift, Repeats old, Repeats now) {
      double noise = Math.max(LEAST_NOISE, old.spread() + now.spread());
      return new Judged(peer, drift, now.median() / old.median(), noise);
    }

    Verdict verdict() {
      if (change > 1 + noise) {
        return Verdict.SLOWER;
      }
      return change < 1 / (1 + noise) ? Verdict.FASTER : Verdict.WITHIN_NOISE;
    }
  }
}
