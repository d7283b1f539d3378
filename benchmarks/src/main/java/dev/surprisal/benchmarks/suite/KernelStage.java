package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The library's tests that run on every device, on this one; then those of the kernels alone. */
record KernelStage(Setting setting) implements Stage {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String name() {
    return "kernels";
  }

  @Override
  public Outcome run(Duration limit) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    Map<String, Object> figures = new LinkedHashMap<>();
    Tests tests =
        junit(
            setting.bundle().kernelTests().isEmpty() ? limit : limit.dividedBy(3).multipliedBy(2));
    figures.put("tests", tests.figures());
    boolean passed = tests.passed();
    String summary = tests.summary();
    Path kernelTests = setting.bundle().kernelTests().orElse(null);
    if (setting.onGpu() && kernelTests != null) {
      KernelTests alone =
          KernelTests.run(
              setting,
              name(),
              List.of(kernelTests.toString()),
              Duration.ofNanos(end - System.nanoTime()));
      figures.put("kernel_tests", alone.figures());
      passed &= alone.passed();
      summary += "; without Java: " + alone.summary();
    }
    return Outcome.of(passed, summary, figures);
  }

  private Tests junit(Duration limit) throws IOException, InterruptedException {
    Path lines = setting.out().resolve(name() + ".jsonl");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "execute",
                "--disable-banner",
                "--disable-ansi-colors",
                "--details=summary",
                "--fail-if-no-tests",
                "--include-tag=every-device"));
    if (setting.tests() != null) {
      arguments.add("--include-classname=" + setting.tests());
    }
    Stream.of("device", "loss", "nn", "optim")
        .forEach(name -> arguments.add("--select-package=dev.surprisal." + name));
    Ending ending =
        setting
            .java(
                setting.log(name()),
                List.of(
                    "-Dbasedir=" + setting.bundle().tests(),
                    "-Dsurprisal.test.device=" + setting.kind(),
                    "-D" + TestLines.PROPERTY + "=" + lines.toAbsolutePath()),
                "org.junit.platform.console.ConsoleLauncher",
                arguments.toArray(String[]::new))
            .run(limit);
    return Tests.read(lines, ending);
  }

  /** What the lines say. */
  private record Tests(
      Ending ending, int passed_, int skipped, List<TestLines.Line> failures, Set<String> running) {
    static Tests read(Path file, Ending ending) throws IOException {
      int passed = 0;
      int skipped = 0;
      List<TestLines.Line> failures = new ArrayList<>();
      Set<String> running = new LinkedHashSet<>();
      if (Files.exists(file)) {
        for (String text : Files.readAllLines(file)) {
          if (!text.endsWith("}")) {
            continue; // Its process was stopped as it wrote.
          }
          TestLines.Line line = JSON.readValue(text, TestLines.Line.class);
          running.remove(line.test());
          switch (line.result()) {
            case "begun" -> running.add(line.test());
            case "passed" -> passed++;
            case "failed" -> failures.add(line);
            default -> skipped++;
          }
        }
      }
      return new Tests(ending, passed, skipped, failures, running);
    }

    boolean passed() {
      return ending.well() && failures.isEmpty() && passed_ > 0;
    }

    String summary() {
      String counts = passed_ + " tests passed";
      if (!failures.isEmpty()) {
        counts += ", " + failures.size() + " failed, the first is " + failures.get(0).test();
      }
      if (!ending.well() && failures.isEmpty()) {
        counts +=
            ", then "
                + ending.text()
                + (running.isEmpty() ? "" : " in " + running.iterator().next());
      }
      return counts;
    }

    Map<String, ?> figures() {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("passed", passed_);
      figures.put("skipped", skipped);
      figures.put("failed", failures);
      figures.put("not_ended", running);
      figures.put("ended", ending.text());
      return figures;
    }
  }
}
