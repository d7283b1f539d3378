package dev.surprisal.benchmarks;

import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Processor;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The machine and the versions that figures are measured with.
 *
 * @param device the name of one device, never auto
 * @param hardware the device's or the processor's model
 */
record Machine(String device, String hardware) {
  /** The folder of the benchmarks, where they run from a working copy; what ends in a commit. */
  private static final Path HOME = Path.of(System.getProperty("surprisal.benchmarks", "."));

  private static final String NO_RESULTS = ":(top,exclude)benchmarks/results";

  /** Opens a device to see which one its name stands for. */
  static Machine of(String name) {
    try (Device device = Device.of(name, 0)) {
      // As in "cuda:0 (NVIDIA H200)".
      String text = device.toString();
      int bracket = text.indexOf(" (");
      String found = text.substring(0, bracket);
      return new Machine(
          found,
          found.equals("cpu") ? Processor.model() : text.substring(bracket + 2, text.length() - 1));
    }
  }

  boolean cpu() {
    return device.equals("cpu");
  }

  /**
   * A new folder for results, as in {@code results/2026-11-25-cpu-amd-epyc}; with a number behind
   * it where there are results of this day already.
   *
   * @param whole whether all was measured: what else there is does not belong among results that
   *     last, and lies below target
   */
  Path newFolder(boolean whole) {
    return newFolder(HOME.resolve(whole ? "results" : "target/results"));
  }

  Path newFolder(Path parent) {
    String name =
        LocalDate.now(ZoneOffset.UTC) + (cpu() ? "-cpu-" : "-gpu-") + Results.slug(hardware);
    Path folder = parent.resolve(name);
    for (int number = 2; Files.exists(folder.resolve(Results.FILE)); number++) {
      folder = parent.resolve(name + "-" + number);
    }
    return folder;
  }

  /** What results keep; the load average shows whether others were at work. */
  Map<String, String> environment(List<Contestant> contestants) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    all.put("device", device);
    all.put("hardware", hardware);
    all.put("processor", Processor.model());
    all.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    all.put(
        "system",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    all.put(
        "java",
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    all.putAll(described());
    contestants.forEach(contestant -> all.putAll(contestant.environment()));
    commit().ifPresent(commit -> all.put("commit", commit));
    all.put(
        "load_average",
        String.format(
            Locale.ROOT,
            "%.2f",
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    return all;
  }

  /** What the device's kind says of libraries and hardware, but for where they lie. */
  private Map<String, String> described() {
    Map<String, String> all = new LinkedHashMap<>();
    String kind = cpu() ? "cpu" : "cuda";
    Device.kinds().stream()
        .filter(provider -> provider.kind().equals(kind))
        .map(DeviceProvider::describe)
        .flatMap(List::stream)
        .map(line -> line.split(": ", 2))
        .filter(parts -> parts.length == 2 && !parts[1].contains("/"))
        .forEach(parts -> all.put(parts[0], parts[1]));
    return all;
  }

  /** Of the working copy; what was built elsewhere is told its commit by a property. */
  private static Optional<String> commit() {
    String told = System.getProperty("surprisal.commit");
    if (told != null) {
      return Optional.of(told);
    }
    return git("rev-parse", "HEAD")
        .map(
            commit ->
                git("status", "--porcelain", ":/", NO_RESULTS).filter(String::isEmpty).isPresent()
                    ? commit
                    : commit + " with changes");
  }

  private static Optional<String> git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Process git =
          new ProcessBuilder(command)
              .directory(HOME.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor() == 0 ? Optional.of(output) : Optional.empty();
    } catch (IOException noGit) {
      return Optional.empty();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
