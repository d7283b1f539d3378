package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Renders the speed section of README.md: the training step on each device, and charts. */
final class SpeedSection {
  static final String GROUP = "step";
  private static final String GROWTH = "growth in V";

  private SpeedSection() {}

  /** Empty if no step was measured. */
  static String text(List<DeviceResults> all) {
    List<DeviceResults> devices =
        all.stream().filter(device -> !device.group(GROUP).isEmpty()).toList();
    if (devices.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    devices.forEach(device -> text.append(device(device)));
    Stream<String> groups = devices.size() == 1 ? Stream.of(GROUP, GROWTH) : Stream.of(GROUP);
    groups.forEach(group -> devices.forEach(device -> text.append(picture(device, group))));
    return text
        + "Every operation, its share of the device's limits, and how cost grows with each size:"
        + " [docs/performance.md](docs/performance.md).\n";
  }

  private static String picture(DeviceResults device, String group) {
    List<Row> rows = device.group(group);
    return rows.isEmpty()
        ? ""
        : Picture.of(device, group, rows).map(found -> found.markdown("docs/images/")).orElse("");
  }

  private static String device(DeviceResults device) {
    List<Row> rows = device.group(GROUP);
    List<String> peers = DeviceResults.peers(rows);
    Notes notes = new Notes();
    boolean types = rows.stream().map(row -> row.which().type()).distinct().count() > 1;
    List<String> heads = new ArrayList<>(rows.get(0).which().shape().keySet());
    if (types) {
      heads.add("type");
    }
    heads.add("Surprisal");
    heads.addAll(peers);
    Table table = new Table(heads);
    rows.forEach(row -> table.add(cells(row, types, peers, notes)));
    return "A training step on "
        + device.device()
        + ", measured on "
        + device.day()
        + " with `benchmarks/run`.\n"
        + "Times are medians over turns. A peer's time is followed by its ratio to ours (above 1:"
        + " Surprisal is faster) and,\n"
        + "in brackets, the lowest and highest ratio of a round.\n\n"
        + table
        + notes.paragraph();
  }

  private static List<String> cells(Row row, boolean types, List<String> peers, Notes notes) {
    Figures figures = new Figures(row);
    List<String> cells = new ArrayList<>();
    row.which().shape().values().forEach(size -> cells.add(Long.toString(size)));
    if (types) {
      cells.add(row.which().type());
    }
    cells.add(time(figures, Contestant.OURS, notes));
    for (String peer : peers) {
      String ratio = figures.ratio(peer).map(found -> ", " + found).orElse("");
      cells.add(time(figures, peer, notes) + ratio);
    }
    return cells;
  }

  private static String time(Figures figures, String who, Notes notes) {
    OptionalDouble time = figures.time(who);
    return time.isPresent()
        ? Units.time(time.getAsDouble())
        : notes.none(who + ": " + figures.whyNot(who));
  }
}
