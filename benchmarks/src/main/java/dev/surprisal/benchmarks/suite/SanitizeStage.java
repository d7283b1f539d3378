package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernels' own tests under NVIDIA's compute-sanitizer, where there is one. */
record SanitizeStage(Setting setting) implements Stage {
  private static final String SANITIZER = "compute-sanitizer";
  private static final List<String> TOOLS =
      List.of("memcheck", "racecheck", "initcheck", "synccheck");

  /** Its exit status where it has found something. */
  private static final int FOUND = 99;

  @Override
  public String name() {
    return "sanitize";
  }

  @Override
  public Outcome run(Duration limit) throws IOException, InterruptedException {
    Path tests = setting.bundle().kernelTests().orElse(null);
    if (!setting.onGpu()) {
      return Outcome.skipped("is for a GPU");
    }
    if (tests == null) {
      return Outcome.skipped("this bundle has no native/kernel_tests");
    }
    Path sanitizer = sanitizer().orElse(null);
    if (sanitizer == null) {
      return Outcome.skipped("no " + SANITIZER + " on the path or in /usr/local/cuda*/bin");
    }
    long end = System.nanoTime() + limit.toNanos();
    Map<String, Object> figures = new LinkedHashMap<>();
    StringBuilder summary = new StringBuilder();
    boolean passed = true;
    for (int i = 0; i < TOOLS.size(); i++) {
      Duration share = Duration.ofNanos((end - System.nanoTime()) / (TOOLS.size() - i));
      KernelTests run =
          KernelTests.run(
              setting,
              name(),
              List.of(
                  sanitizer.toString(),
                  "--tool=" + TOOLS.get(i),
                  "--error-exitcode=" + FOUND,
                  tests.toString()),
              share);
      passed &= clean(run);
      figures.put(TOOLS.get(i), run.figures());
      summary
          .append(i == 0 ? "" : "; ")
          .append(TOOLS.get(i))
          .append(clean(run) ? ": nothing in " + run.ok() + " cases" : ": " + complaint(run));
    }
    return Outcome.of(passed, summary.toString(), figures);
  }

  /** One that is stopped at its share of the time has found nothing so far. */
  private static boolean clean(KernelTests run) {
    return run.failed().isEmpty()
        && run.ok() > 0
        && (run.ending().stopped() || run.ending().status() == 0)
        && complaints(run).isEmpty();
  }

  private static String complaint(KernelTests run) {
    return complaints(run).stream().findFirst().orElse(run.summary());
  }

  private static List<String> complaints(KernelTests run) {
    return run.lines().stream()
        .filter(
            line ->
                line.startsWith("========= ")
                    && (line.contains("Invalid ")
                        || line.contains("hazard")
                        || line.contains("Uninitialized")
                        || line.contains("Barrier error")
                        || line.contains("ERROR SUMMARY: ") && !line.contains(" 0 errors")))
        .map(line -> line.substring(10).strip())
        .filter(line -> !line.contains("SUMMARY: 0 "))
        .toList();
  }

  private static Optional<Path> sanitizer() throws IOException {
    Stream<Path> named =
        Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
            .filter(part -> !part.isEmpty())
            .map(Path::of);
    try (Stream<Path> toolkits = Files.list(Path.of("/usr/local"))) {
      List<Path> usual =
          toolkits
              .filter(folder -> folder.getFileName().toString().startsWith("cuda"))
              .sorted()
              .map(folder -> folder.resolve("bin"))
              .toList();
      return Stream.concat(named, usual.stream())
          .map(folder -> folder.resolve(SANITIZER))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }
}
