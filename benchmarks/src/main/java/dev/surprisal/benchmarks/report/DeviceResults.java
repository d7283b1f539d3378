package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.measure.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The results of one device, by group.
 *
 * @param results of a run
 * @param jmh JMH's figures on the same device
 */
record DeviceResults(Results results, List<JmhFigure> jmh) {
  /** Creates results without JMH's figures. */
  DeviceResults(Results results) {
    this(results, List.of());
  }

  /** Loads the results of a folder, or of a file in it. */
  static DeviceResults load(Path place) {
    Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
    return new DeviceResults(Results.load(place), JmhFigure.load(folder));
  }

  /** The newest of each device, in the order of the devices' names. */
  static List<DeviceResults> newest(Collection<DeviceResults> all) {
    Map<String, DeviceResults> newest = new LinkedHashMap<>();
    all.stream()
        .sorted(Comparator.comparing(DeviceResults::device).thenComparing(DeviceResults::date))
        .forEach(measured -> newest.put(measured.device(), measured));
    return List.copyOf(newest.values());
  }

  /** A processor's name says too little of what it can do. */
  String device() {
    String hardware = environment("hardware");
    return environment("device").equals("cpu")
        ? hardware + ", " + environment("cores") + " cores"
        : hardware;
  }

  /** When it was measured, in ISO 8601, so that text is ordered as time is. */
  String date() {
    return environment("date");
  }

  String day() {
    return date().substring(0, Math.min(10, date().length()));
  }

  String environment(String key) {
    String value = results.environment().get(key);
    if (value == null) {
      throw new IllegalArgumentException(
          "results say under environment what \""
              + key
              + "\" they were taken with; these have "
              + results.environment().keySet());
    }
    return value;
  }

  /** The device's name as a part of file names. */
  String slug() {
    return Results.slug(device());
  }

  /** In the order in which they were measured. */
  Map<String, List<Row>> groups() {
    return results.groups();
  }

  List<Row> group(String name) {
    return groups().getOrDefault(name, List.of());
  }

  /** The peers that have a figure in one of the rows. */
  static List<String> peers(List<Row> rows) {
    Set<String> peers = new LinkedHashSet<>();
    rows.forEach(row -> peers.addAll(row.turns().keySet()));
    peers.removeIf(who -> rows.stream().noneMatch(row -> new Figures(row).has(who)));
    peers.remove(Contestant.OURS);
    return List.copyOf(peers);
  }
}
