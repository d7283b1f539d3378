package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Ceilings;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleFunction;

/** Renders docs/performance.md from the newest results of each device. */
final class PerformancePage {
  private static final String HEAD =
      """
      # Performance

      `benchmarks/report` writes this page from the files in benchmarks/results and overwrites edits made by hand. How to
      measure: [benchmarks](../benchmarks/README.md).

      Surprisal and its peers take turns in rounds. A time is the median over turns of the median over the samples of a turn. A
      peer's time is followed by its ratio to ours (above 1: Surprisal is faster) and, in brackets, the lowest and highest ratio
      of a round. "Least work" is the minimum that any implementation moves or computes: each input read once, each output
      written once, two operations per term of a product. "Of the ceiling" compares the rate of that work with the rate of a
      copy, or of a large product, in the same run; work that stays in a cache can exceed 100%. N tokens, V vocabulary,
      E embedding, H hidden, B batch, T window, P parameters. A number in place of a figure refers to the reason below the table.

      """;

  private PerformancePage() {}

  static String text(List<DeviceResults> devices) {
    StringBuilder page = new StringBuilder(HEAD);
    devices.forEach(device -> page.append(section(device)));
    return page.toString().stripTrailing() + "\n";
  }

  private static String section(DeviceResults device) {
    StringBuilder text = new StringBuilder("## " + device.device() + "\n\n");
    Table environment = new Table(List.of("Environment", ""));
    device.results().environment().forEach((key, value) -> environment.add(List.of(key, value)));
    text.append(environment).append(ceilings(device.results().ceilings()));
    device.groups().forEach((group, rows) -> text.append(group(device, group, rows)));
    if (!device.jmh().isEmpty()) {
      text.append("### What Java adds\n\n").append(JmhFigure.table(device.jmh()));
    }
    return text.append(whereAPeerIsFaster(device)).toString();
  }

  private static String ceilings(Ceilings ceilings) {
    if (ceilings == null) {
      return "No ceilings were measured in this run.\n\n";
    }
    Table table = new Table(List.of("Ceiling", "measured"));
    add(table, "copy", ceilings.copyBytesPerSecond(), rate -> Units.amount(rate, "B/s"));
    if (ceilings.productFlopsPerSecond() != null) {
      new TreeMap<>(ceilings.productFlopsPerSecond())
          .forEach(
              (type, rate) ->
                  add(table, type + " product", rate, value -> Units.amount(value, "FLOP/s")));
    }
    add(table, "launch of a kernel", ceilings.launch(), Units::time);
    add(table, "barrier of all blocks or threads", ceilings.barrier(), Units::time);
    add(table, "kernel of a replayed recording", ceilings.replay(), Units::time);
    return table.toString();
  }

  private static void add(Table table, String name, Double value, DoubleFunction<String> unit) {
    table.add(
        List.of(
            name, value == null ? Units.NONE + " not measured in this run" : unit.apply(value)));
  }

  private static String group(DeviceResults device, String group, List<Row> rows) {
    String title = "### " + Character.toUpperCase(group.charAt(0)) + group.substring(1) + "\n\n";
    if (group.equals(LossTables.GROUP)) {
      return title
          + "[losses.md](losses.md#what-they-cost) describes the losses and lists their costs.\n\n";
    }
    String table =
        Growth.isGrowth(group)
            ? new GrowthSection(Growth.of(group, rows)).text()
            : new GroupSection(rows, device.results().ceilings()).text();
    return title + table + Picture.of(device, group, rows).map(Picture::markdown).orElse("");
  }

  private static String whereAPeerIsFaster(DeviceResults device) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, List<Row>> group : device.groups().entrySet()) {
      CaseNames names = new CaseNames(group.getValue());
      for (Row row : group.getValue()) {
        Figures figures = new Figures(row);
        for (String peer : figures.peers()) {
          Optional<Ratio> ratio = figures.ratio(peer).filter(found -> found.value() < 1);
          ratio.ifPresent(
              found ->
                  lines.add(
                      "- "
                          + group.getKey()
                          + ", "
                          + names.of(row.which())
                          + ": "
                          + peer
                          + " "
                          + found
                          + "\n"));
        }
      }
    }
    return "### Where a peer is faster\n\n"
        + (lines.isEmpty() ? "Nowhere in this run.\n" : String.join("", lines))
        + "\n";
  }
}
