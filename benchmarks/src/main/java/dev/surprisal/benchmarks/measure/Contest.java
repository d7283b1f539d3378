package dev.surprisal.benchmarks.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Measures cases by several contestants in turns, A B A B, so that what disturbs the machine for a
 * while disturbs all of them.
 */
public final class Contest {
  /** What is said of a case, or of a contestant in it, that the time did not suffice for. */
  public static final String NO_TIME = "no time left";

  private final List<Contestant> contestants;
  private final int rounds;
  private final Effort effort;
  private final Deadline deadline;
  private final Ceilings ceilings;
  private final Consumer<String> progress;

  /**
   * When no turn begins any more.
   *
   * @param clock in nanoseconds
   * @param end by that clock
   */
  public record Deadline(LongSupplier clock, long end) {
    /** So many seconds from now; 0 for no end. */
    public static Deadline in(double seconds) {
      return seconds == 0
          ? new Deadline(() -> 0, 1)
          : new Deadline(System::nanoTime, System.nanoTime() + (long) (seconds * 1e9));
    }

    boolean passed() {
      return clock.getAsLong() - end >= 0;
    }
  }

  /**
   * A contest.
   *
   * @param contestants ours first
   * @param rounds turns of each, 1 or more
   * @param effort of a turn
   * @param deadline for all cases
   * @param ceilings by which impossible figures are told; null for none
   * @param progress takes a line a turn
   */
  public Contest(
      List<Contestant> contestants,
      int rounds,
      Effort effort,
      Deadline deadline,
      Ceilings ceilings,
      Consumer<String> progress) {
    if (rounds < 1) {
      throw new IllegalArgumentException("expected 1 round or more, found " + rounds);
    }
    this.contestants = List.copyOf(contestants);
    this.rounds = rounds;
    this.effort = effort;
    this.deadline = deadline;
    this.ceilings = ceilings;
    this.progress = progress;
  }

  /**
   * Measures all cases.
   *
   * @param entries in this order
   * @param after receives all rows so far after each
   * @return a row an entry
   */
  public List<Row> run(List<Entry> entries, Consumer<List<Row>> after) {
    List<Row> rows = new ArrayList<>();
    for (Entry entry : entries) {
      rows.add(row(entry, (rows.size() + 1) + "/" + entries.size()));
      after.accept(List.copyOf(rows));
    }
    return rows;
  }

  private Row row(Entry entry, String place) {
    Map<String, List<Answer.Turn>> turns = new LinkedHashMap<>();
    Map<String, String> refused = new LinkedHashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (Contestant contestant : contestants) {
        String name = contestant.name();
        if (refused.containsKey(name) || !entry.asks(name)) {
          continue;
        }
        if (deadline.passed()) {
          if (!turns.containsKey(name)) {
            refused.put(name, NO_TIME);
          }
          continue;
        }
        Answer answer = answer(contestant, entry.which());
        if (answer instanceof Answer.Turn turn) {
          turns.computeIfAbsent(name, first -> new ArrayList<>()).add(turn);
          say(place, entry, round, name, String.format(Locale.ROOT, "%.2f us", turn.median()));
        } else if (answer instanceof Answer.Refusal refusal) {
          refused.put(name, refusal.why());
          say(place, entry, round, name, refusal.why());
        }
      }
    }
    Case which = entry.which();
    return new Row(entry.group(), which, which.bytes(), which.flops(), turns, refused);
  }

  /** A contestant that fails does not take the others along. */
  private Answer answer(Contestant contestant, Case which) {
    try {
      Answer answer = contestant.time(which, effort);
      if (ceilings != null && answer instanceof Answer.Turn turn) {
        return ceilings.check(which, turn);
      }
      return answer;
    } catch (RuntimeException | LinkageError | OutOfMemoryError failure) {
      return new Answer.Refusal("failed: " + failure);
    }
  }

  private void say(String place, Entry entry, int round, String name, String what) {
    progress.accept(
        String.format(
            "%s %s, %s, round %d of %d, %s: %s",
            place, entry.group(), entry.which(), round, rounds, name, what));
  }
}
