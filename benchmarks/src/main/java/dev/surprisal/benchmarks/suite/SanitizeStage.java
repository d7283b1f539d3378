package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernels' own tests under NVIDIA's compute-sanitizer, in their brief form.
 *
 * @param setting what it runs in
 * @param sanitizer the program, if there is one
 */
record SanitizeStage(Setting setting, Optional<Path> sanitizer) implements Stage {
  private static final String SANITIZER = "compute-sanitizer";
  private static final List<String> TOOLS =
      List.of("memcheck", "racecheck", "initcheck", "synccheck");

  /** The exit status of a sanitizer that has found something. */
  private static final int FOUND = 99;

  private static final String PREFIX = "========= ";

  /** What its lines say of a finding, by tool. */
  private static final List<String> WORDS =
      List.of(
          "Invalid ", "Program hit ", "hazard", "Race reported", "Uninitialized ", "Barrier error");

  /** With the program on the path or in a toolkit's folder. */
  static SanitizeStage of(Setting setting) throws IOException {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    List<Path> folders =
        new ArrayList<>(
            Stream.of(path.split(":")).filter(it -> !it.isEmpty()).map(Path::of).toList());
    Path local = Path.of("/usr/local");
    if (Files.isDirectory(local)) {
      try (Stream<Path> entries = Files.list(local)) {
        entries
            .filter(folder -> folder.getFileName().toString().startsWith("cuda"))
            .sorted()
            .map(folder -> folder.resolve("bin"))
            .forEach(folders::add);
      }
    }
    return new SanitizeStage(
        setting,
        folders.stream()
            .map(folder -> folder.resolve(SANITIZER))
            .filter(Files::isExecutable)
            .findFirst());
  }

  @Override
  public String name() {
    return "sanitize";
  }

  @Override
  public Outcome run(Duration limit) throws IOException, InterruptedException {
    if (!setting.onGpu()) {
      return Outcome.skipped("is for a GPU");
    }
    if (sanitizer.isEmpty()) {
      return Outcome.skipped("no " + SANITIZER + " on the path or in /usr/local/cuda*/bin");
    }
    long end = System.nanoTime() + limit.toNanos();
    Map<String, Object> figures = new LinkedHashMap<>();
    List<String> summary = new ArrayList<>();
    boolean passed = true;
    boolean any = false;
    for (int i = 0; i < TOOLS.size(); i++) {
      Duration share = Duration.ofNanos((end - System.nanoTime()) / (TOOLS.size() - i));
      KernelTests run = run(TOOLS.get(i), share);
      List<String> findings = findings(run);
      boolean ran = !run.cases().isEmpty() && (run.passed() > 0 || run.failed());
      passed &= findings.isEmpty() && !(ran && run.failed());
      any |= ran;
      figures.put(TOOLS.get(i), figures(run, findings));
      summary.add(TOOLS.get(i) + ": " + summary(run, findings));
    }
    return passed && !any
        ? new Outcome(Outcome.Result.SKIPPED, String.join("; ", summary), figures)
        : Outcome.of(passed, String.join("; ", summary), figures);
  }

  private KernelTests run(String tool, Duration share) throws IOException, InterruptedException {
    return KernelTests.run(
        setting,
        name(),
        List.of(
            sanitizer.orElseThrow().toString(),
            "--tool=" + tool,
            "--error-exitcode=" + FOUND,
            // Calls that CUDA refuses on purpose: the tests look at what comes of them.
            "--report-api-errors=no",
            setting.bundle().kernelTests().toString(),
            "--brief"),
        share);
  }

  /** A tool that is stopped at its share of the time has found nothing so far. */
  private static String summary(KernelTests run, List<String> findings) {
    if (!findings.isEmpty()) {
      return findings.get(0);
    }
    if (run.cases().isEmpty()) {
      return "could not run"
          + run.printed().stream()
              .filter(line -> line.contains("rror"))
              .findFirst()
              .map(line -> " (" + line.replace(PREFIX, "").strip() + ")")
              .orElse("");
    }
    if (run.failed()) {
      return run.summary();
    }
    return run.passed() == 0 ? "no time for a case" : "nothing in " + run.passed() + " cases";
  }

  private static List<String> findings(KernelTests run) {
    return run.printed().stream()
        .filter(line -> line.startsWith(PREFIX))
        .map(line -> line.substring(PREFIX.length()).strip())
        .filter(line -> WORDS.stream().anyMatch(line::contains) && !line.contains("SUMMARY: "))
        .toList();
  }

  private static Map<String, ?> figures(KernelTests run, List<String> findings) {
    Map<String, Object> figures = new LinkedHashMap<>(run.figures());
    figures.put("findings", findings);
    return figures;
  }
}
