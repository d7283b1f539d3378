package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A group whose cases differ in one size.
 *
 * @param size its name, such as V
 * @param rows the smallest first
 */
record Growth(String size, List<Row> rows) {
  private static final String GROUP = "growth in ";

  static boolean isGrowth(String group) {
    return group.startsWith(GROUP);
  }

  static Growth of(String group, List<Row> rows) {
    String size = group.substring(GROUP.length());
    return new Growth(
        size,
        rows.stream().sorted(Comparator.comparingLong(row -> row.which().size(size))).toList());
  }

  /** Ours, then the peers that have figures. */
  List<String> contestants() {
    List<String> all = new ArrayList<>(List.of(Contestant.OURS));
    all.addAll(DeviceResults.peers(rows));
    return all;
  }

  /** Microseconds. */
  List<PowerLaw.Point> times(String who) {
    return points(figures -> figures.time(who));
  }

  /** Bytes. */
  List<PowerLaw.Point> memory(String who) {
    return points(figures -> figures.memory(who).stream().asDoubleStream().findFirst());
  }

  private List<PowerLaw.Point> points(Function<Figures, OptionalDouble> cost) {
    List<PowerLaw.Point> points = new ArrayList<>();
    for (Row row : rows) {
      cost.apply(new Figures(row))
          .ifPresent(found -> points.add(new PowerLaw.Point(row.which().size(size), found)));
    }
    return points;
  }

  /** Empty where points are too few. */
  static Optional<PowerLaw> law(List<PowerLaw.Point> points) {
    return points.size() < PowerLaw.FEWEST ? Optional.empty() : Optional.of(PowerLaw.fit(points));
  }

  /** The sizes that are the same in all rows. */
  String others() {
    StringBuilder text = new StringBuilder();
    rows.get(0)
        .which()
        .shape()
        .forEach((name, value) -> text.append(name.equals(size) ? "" : " " + name + "=" + value));
    return text.toString().strip();
  }
}
