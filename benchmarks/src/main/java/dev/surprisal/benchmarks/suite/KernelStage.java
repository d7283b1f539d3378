package dev.surprisal.benchmarks.suite;

import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The library's tests that run on every device, on this one; then those of the kernels alone. */
record KernelStage(Setting setting) implements Stage {
  /** Of the time, for the tests in Java; the kernels' own are fewer and take the rest. */
  private static final int JAVA_PERCENT = 75;

  @Override
  public String name() {
    return "kernels";
  }

  @Override
  public Outcome run(Duration limit) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    // Who names classes of tests is after those alone.
    boolean both = setting.onGpu() && setting.tests() == null;
    Map<String, Object> figures = new LinkedHashMap<>();
    JavaTests tests = junit(both ? limit.multipliedBy(JAVA_PERCENT).dividedBy(100) : limit);
    figures.put("tests", tests.figures());
    boolean passed = tests.passed();
    String summary = tests.summary();
    if (both) {
      String program = setting.bundle().kernelTests().toString();
      KernelTests alone =
          KernelTests.run(
              setting,
              name(),
              setting.quick() ? List.of(program, "--brief") : List.of(program),
              Duration.ofNanos(end - System.nanoTime()));
      figures.put("kernel_tests", alone.figures());
      passed &= alone.allPassed();
      summary += "; without Java: " + alone.summary();
    }
    return Outcome.of(passed, summary, figures);
  }

  private JavaTests junit(Duration limit) throws IOException, InterruptedException {
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
                    "-Dsurprisal.test.device=" + devices(),
                    "-D" + TestLines.PROPERTY + "=" + lines.toAbsolutePath()),
                "org.junit.platform.console.ConsoleLauncher",
                arguments.toArray(String[]::new))
            .run(limit);
    return JavaTests.read(lines, ending);
  }

  /** How the names of the tests' devices begin. The CPU's differ in their number of threads. */
  private String devices() {
    return setting.onGpu() ? "cuda" : setting.quick() ? "cpu (2 threads)" : "cpu";
  }
}
