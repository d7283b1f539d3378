package dev.surprisal.benchmarks.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Writes all pages and charts of a checkout that are generated from results. */
final class Report {
  private final List<DeviceResults> devices;
  private final Path repository;
  private final List<String> done = new ArrayList<>();

  private Report(Collection<DeviceResults> results, Path repository) {
    devices = DeviceResults.newest(results);
    this.repository = repository;
  }

  /**
   * Takes the newest results of each device.
   *
   * @param results of any number of runs
   * @param repository with README.md and docs/
   * @return what was written and what was left as it was, one line each
   */
  static List<String> write(Collection<DeviceResults> results, Path repository) throws IOException {
    Report report = new Report(results, repository);
    report.pictures();
    report.page();
    report.marked("README.md", "speed", SpeedSection.text(report.devices), SpeedSection.GROUP);
    report.marked("docs/losses.md", "measured", LossTables.text(report.devices), LossTables.GROUP);
    return report.done;
  }

  /** Draws those that pages show, and removes those that no page shows any more. */
  private void pictures() throws IOException {
    Path folder = Files.createDirectories(repository.resolve("docs/images"));
    List<Path> drawn = new ArrayList<>();
    for (DeviceResults device : devices) {
      for (Picture picture : Picture.all(device)) {
        picture.draw(folder);
        drawn.add(folder.resolve(picture.file()));
      }
    }
    try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, Picture.PREFIX + "*.png")) {
      for (Path picture : old) {
        if (!drawn.contains(picture)) {
          Files.delete(picture);
          done.add("removed: " + picture);
        }
      }
    }
    drawn.forEach(picture -> done.add("written: " + picture));
  }

  private void page() throws IOException {
    Path page = repository.resolve("docs/performance.md");
    Files.writeString(page, PerformancePage.text(devices));
    done.add("written: " + page);
  }

  private void marked(String name, String part, String text, String group) throws IOException {
    Path page = repository.resolve(name);
    if (text.isEmpty()) {
      done.add("left as it was: " + page + ", since no results have the group \"" + group + "\"");
    } else {
      Marked.replace(page, part, text);
      done.add("written: " + page + ", between <!-- " + part + " --> and <!-- /" + part + " -->");
    }
  }
}
