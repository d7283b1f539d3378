package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Ceilings;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of a group: each case's time, how near it comes to the device's limits, and its peers.
 */
final class GroupSection {
  private final List<Row> rows;
  private final Ceilings ceilings;
  private final List<String> peers;
  private final CaseNames names;
  private final boolean steps;
  private final Notes notes = new Notes();

  GroupSection(List<Row> rows, Ceilings ceilings) {
    this.rows = rows;
    this.ceilings = ceilings;
    peers = DeviceResults.peers(rows);
    names = new CaseNames(rows);
    steps = rows.stream().allMatch(row -> row.group().equals("recurrent"));
  }

  /** The table, and below it why figures are missing. */
  String text() {
    List<String> heads = new ArrayList<>(List.of("Case", "Surprisal"));
    if (steps) {
      heads.add("a step of T");
    }
    heads.addAll(List.of("Least work", "Reached", "Of the ceiling"));
    heads.addAll(peers);
    Table table = new Table(heads);
    rows.forEach(row -> table.add(cells(row)));
    return table + notes.paragraph() + withoutFigures();
  }

  private List<String> cells(Row row) {
    Figures figures = new Figures(row);
    List<String> cells = new ArrayList<>(List.of(names.of(row.which())));
    OptionalDouble ours = figures.time(Contestant.OURS);
    if (ours.isPresent()) {
      cells.add(Units.time(ours.getAsDouble()));
      if (steps) {
        cells.add(Units.time(ours.getAsDouble() / row.which().size("T")));
      }
      cells.addAll(bound(row, ours.getAsDouble()));
    } else {
      String none = notes.none(why(figures, Contestant.OURS));
      for (int i = 0; i < (steps ? 5 : 4); i++) {
        cells.add(none);
      }
    }
    peers.forEach(peer -> cells.add(peer(figures, peer)));
    return cells;
  }

  private List<String> bound(Row row, double microseconds) {
    Optional<Bound> found = Bound.of(row, microseconds, ceilings);
    if (found.isEmpty()) {
      String none = notes.none("the time follows from no count of bytes or operations");
      return List.of(none, none, none);
    }
    Bound bound = found.get();
    String share =
        bound.isMeasured()
            ? Units.percent(bound.share()) + " of " + bound.ceiling()
            : notes.none("the ceiling of a " + bound.ceiling() + " was not measured");
    return List.of(
        Units.amount(bound.work(), bound.unit()),
        Units.amount(bound.rate(), bound.unit() + "/s"),
        share);
  }

  private String peer(Figures figures, String peer) {
    OptionalDouble time = figures.time(peer);
    if (time.isEmpty()) {
      return notes.none(why(figures, peer));
    }
    String ratio = figures.ratio(peer).map(found -> ", " + found).orElse("");
    return Units.time(time.getAsDouble()) + ratio;
  }

  private static String why(Figures figures, String who) {
    return who + ": " + figures.whyNot(who);
  }

  /** The peers that have a reason instead of a figure in every row. */
  private String withoutFigures() {
    Set<String> silent = new TreeSet<>();
    rows.forEach(row -> silent.addAll(new Figures(row).peers()));
    silent.removeAll(peers);
    StringBuilder text = new StringBuilder();
    for (String who : silent) {
      Set<String> reasons = new LinkedHashSet<>();
      rows.stream()
          .filter(row -> row.refused().containsKey(who))
          .forEach(row -> reasons.add(row.refused().get(who)));
      text.append("No figures of ").append(who).append(": ").append(String.join("; ", reasons));
      text.append(".\n\n");
    }
    return text.toString();
  }
}
