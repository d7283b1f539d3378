package dev.surprisal.benchmarks;

import dev.surprisal.benchmarks.measure.Ceilings;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Renders results as plain text, one table per group. */
final class Summary {
  private static final String NONE = "-";

  private final Results results;
  private final StringBuilder text = new StringBuilder();

  private Summary(Results results) {
    this.results = results;
  }

  static String of(Results results) {
    Summary summary = new Summary(results);
    results.groups().forEach(summary::group);
    return summary.text.toString();
  }

  private void group(String name, List<Row> rows) {
    Set<String> peers = new LinkedHashSet<>();
    rows.forEach(row -> peers.addAll(row.turns().keySet()));
    peers.remove(Contestant.OURS);
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of(name, Contestant.OURS + " us", "of ceiling"));
    for (String peer : peers) {
      head.addAll(List.of(peer + " us", "ratio"));
    }
    lines.add(head);
    rows.forEach(row -> lines.add(line(row, peers)));
    print(lines);
    refusals(rows);
    text.append('\n');
  }

  private List<String> line(Row row, Collection<String> peers) {
    OptionalDouble ours = row.median(Contestant.OURS);
    List<String> line = new ArrayList<>();
    line.add(row.which().toString());
    line.add(microseconds(ours));
    line.add(share(row, ours));
    for (String peer : peers) {
      OptionalDouble theirs = row.median(peer);
      line.add(microseconds(theirs));
      line.add(
          ours.isEmpty() || theirs.isEmpty()
              ? NONE
              : String.format(Locale.ROOT, "%.2f", theirs.getAsDouble() / ours.getAsDouble()));
    }
    return line;
  }

  private static String microseconds(OptionalDouble time) {
    return time.isEmpty() ? NONE : String.format(Locale.ROOT, "%.2f", time.getAsDouble());
  }

  private String share(Row row, OptionalDouble time) {
    Ceilings ceilings = results.ceilings();
    if (time.isEmpty() || ceilings == null) {
      return NONE;
    }
    OptionalDouble share = ceilings.share(row.which(), time.getAsDouble());
    return share.isEmpty() ? NONE : String.format(Locale.ROOT, "%.2f", share.getAsDouble());
  }

  /** The first column to the left, the others to the right. */
  private void print(List<List<String>> lines) {
    int columns = lines.get(0).size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      text.append(String.format("%-" + widths[0] + "s", line.get(0)));
      for (int i = 1; i < columns; i++) {
        text.append(String.format("  %" + widths[i] + "s", line.get(i)));
      }
      text.append('\n');
    }
  }

  /** Why there is no figure, once for all cases that it is true of. */
  private void refusals(List<Row> rows) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Row row : rows) {
      row.refused().forEach((who, why) -> counts.merge(who + ": " + why, 1, Integer::sum));
    }
    counts.forEach(
        (line, count) ->
            text.append("  ")
                .append(line)
                .append(count == 1 ? "" : " (" + count + " cases)")
                .append('\n'));
  }
}
