package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.measure.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The chart of a group.
 *
 * @param device the device that was measured
 * @param group its name
 * @param rows of the group
 */
record Picture(DeviceResults device, String group, List<Row> rows) {
  /** What the names of all of them begin with. */
  static final String PREFIX = "performance-";

  /** Empty where there is nothing to draw: no peer, or no growth. */
  static Optional<Picture> of(DeviceResults device, String group, List<Row> rows) {
    boolean drawn =
        Growth.isGrowth(group)
            ? !Growth.of(group, rows).times(Contestant.OURS).isEmpty()
            : rows.stream()
                .map(Figures::new)
                .anyMatch(
                    figures ->
                        figures.peers().stream().anyMatch(peer -> figures.ratio(peer).isPresent()));
    return drawn ? Optional.of(new Picture(device, group, rows)) : Optional.empty();
  }

  /** Those of all groups that have one. */
  static List<Picture> all(DeviceResults device) {
    return device.groups().entrySet().stream()
        .flatMap(group -> of(device, group.getKey(), group.getValue()).stream())
        .toList();
  }

  String file() {
    return PREFIX + device.slug() + "-" + Results.slug(group) + ".png";
  }

  void draw(Path folder) throws IOException {
    String title = group + ", " + device.device();
    Path file = folder.resolve(file());
    if (Growth.isGrowth(group)) {
      Charts.growth(title, Growth.of(group, rows), file);
    } else {
      Charts.ratios(title, rows, file);
    }
  }

  /** As pages in docs/ show it. */
  String markdown() {
    return markdown("images/");
  }

  String markdown(String folder) {
    String what =
        Growth.isGrowth(group) ? "Time and memory: " + group : "Peers' times over ours: " + group;
    return "![" + what + "](" + folder + file() + ")\n\n";
  }
}
