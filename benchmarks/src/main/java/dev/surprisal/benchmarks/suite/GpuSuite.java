package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The command {@code gpu-suite}.
 *
 * <p>Exit status: 0, 1 if a stage failed, 2 for a usage error, 3 if there is no GPU.
 */
@Command(
    name = "gpu-suite",
    description = {
      "Tests and measures Surprisal on this machine's GPU.",
      "Runs doctor, the kernels' tests, compute-sanitizer where there is one, a training run held"
          + " against the CPU's, and the benchmarks beside PyTorch where python3 has it. A table"
          + " comes last; DIR has it all as JSON."
    },
    mixinStandardHelpOptions = true,
    versionProvider = GpuSuite.Version.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:all passed", "1:a stage failed", "2:usage error", "3:no GPU"})
public final class GpuSuite implements Callable<Integer> {
  private static final int NO_GPU = 3;
  private static final Duration CHECK = Duration.ofSeconds(30);

  private static final Duration ALL = Duration.ofSeconds(525);
  private static final Duration ALL_QUICK = Duration.ofSeconds(170);

  /**
   * With the seconds that a stage may take, and those in a quick run. The benchmarks come last and
   * take what the others have left.
   */
  private enum Part {
    DOCTOR(20, 10),
    KERNELS(170, 70),
    TRAIN(60, 25),
    SANITIZE(90, 25),
    BENCH(525, 170);

    private final int seconds;
    private final int quickSeconds;

    Part(int seconds, int quickSeconds) {
      this.seconds = seconds;
      this.quickSeconds = quickSeconds;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @CommandLine.Spec private CommandLine.Model.CommandSpec command;

  @Option(names = "--quick", description = "Take at most 3 minutes instead of 9.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "STAGE",
      split = ",",
      description = "Run only this stage: kernels, train, sanitize or bench. May be repeated.")
  private List<String> only = List.of();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cuda:0",
      description = "cuda:0 (the default; CUDA_VISIBLE_DEVICES chooses the GPU) or cpu.")
  private String device;

  @Option(
      names = "--limit",
      paramLabel = "STAGE=SECONDS",
      split = ",",
      description = "Time limit of a stage in seconds. May be repeated.")
  private Map<String, Integer> limits = new LinkedHashMap<>();

  @Option(
      names = "--tests",
      paramLabel = "REGEX",
      description = "Run only the kernel tests of classes whose names match.")
  private String tests;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for the results, new or empty.")
  private Path out;

  private final long began = System.nanoTime();

  /**
   * Runs the suite and ends the JVM with its exit status.
   *
   * @param args see the command's help
   */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new GpuSuite())
            .setParameterExceptionHandler(GpuSuite::wrongUse)
            .setExecutionExceptionHandler(
                (failure, line, parsed) -> {
                  line.getErr().println("gpu-suite: " + failure);
                  return 1;
                })
            .execute(args));
  }

  private static int wrongUse(ParameterException failure, String[] args) {
    failure.getCommandLine().getErr().println("gpu-suite: " + failure.getMessage());
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Set<Part> parts = chosen();
    check(
        device.equals("cpu") || device.equals("cuda:0"),
        "--device is cuda:0 or cpu, found '" + device + "'");
    limits.forEach(
        (name, seconds) -> {
          part("--limit", name);
          check(seconds >= 1, "--limit is 1 second or more, found " + seconds);
        });
    check(isNewOrEmpty(), "--out is a new or empty folder, found files in " + out);
    Path work = Files.createTempDirectory("surprisal-suite-");
    // Also if it is ended by a signal.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(work)));
    return run(parts, work);
  }

  private int run(Set<Part> parts, Path work) throws IOException, InterruptedException {
    Bundle bundle = Bundle.found();
    boolean onGpu = !device.equals("cpu");
    CudaLibraries libraries = onGpu ? CudaLibraries.ofThisMachine() : null;
    Setting setting =
        new Setting(
            bundle,
            device,
            quick,
            tests,
            out,
            work,
            onGpu ? libraries.environment() : Map.of(),
            onGpu ? libraries.properties() : List.of());
    DeviceCheck check = DeviceCheck.of(setting, CHECK);
    if (check.missing() != null) {
      say((onGpu ? "no GPU: " : "the CPU cannot be used: ") + check.missing());
      return onGpu ? NO_GPU : CommandLine.ExitCode.SOFTWARE;
    }
    if (onGpu) {
      libraries.found().forEach((name, path) -> say(name + " is " + path));
      libraries.missing().forEach(name -> say(name + " was not found"));
    }
    Files.createDirectories(out);
    List<Findings.Entry> entries = new ArrayList<>();
    Map<String, ?> environment = Environment.of(setting, check, libraries);
    Findings findings = new Findings(environment, entries, 0);
    for (Part part : parts) {
      entries.add(run(part, stage(part, setting, check)));
      findings = new Findings(environment, List.copyOf(entries), seconds());
      findings.save(out);
    }
    System.out.print(findings.table());
    return findings.passed() ? 0 : CommandLine.ExitCode.SOFTWARE;
  }

  private static Stage stage(Part part, Setting setting, DeviceCheck check) throws IOException {
    return switch (part) {
      case DOCTOR -> new DoctorStage(setting, check);
      case KERNELS -> new KernelStage(setting);
      case TRAIN -> new TrainStage(setting);
      case SANITIZE -> SanitizeStage.of(setting);
      case BENCH -> new BenchStage(setting);
    };
  }

  private Findings.Entry run(Part part, Stage stage) throws InterruptedException {
    Duration limit = limit(part);
    say(part.text() + ", at most " + limit.toSeconds() + " s");
    long start = System.nanoTime();
    Outcome outcome;
    try {
      outcome = stage.run(limit);
    } catch (IOException | RuntimeException failure) {
      outcome = Outcome.failed(failure.toString());
    }
    return new Findings.Entry(part.text(), (System.nanoTime() - start) / 1e9, outcome);
  }

  private Duration limit(Part part) {
    Integer chosen = limits.get(part.text());
    if (chosen != null) {
      return Duration.ofSeconds(chosen);
    }
    long left = (quick ? ALL_QUICK : ALL).toSeconds() - (long) seconds();
    return Duration.ofSeconds(
        Math.max(1, Math.min(left, quick ? part.quickSeconds : part.seconds)));
  }

  private double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  private Set<Part> chosen() {
    if (only.isEmpty()) {
      return new LinkedHashSet<>(List.of(Part.values()));
    }
    Set<Part> parts = new LinkedHashSet<>();
    parts.add(Part.DOCTOR);
    Stream.of(Part.values())
        .filter(part -> only.stream().anyMatch(name -> part("--only", name) == part))
        .forEach(parts::add);
    return parts;
  }

  private Part part(String option, String name) {
    List<String> names = Arrays.stream(Part.values()).map(Part::text).toList();
    check(names.contains(name), option + " takes one of " + names + ", found '" + name + "'");
    return Part.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private void check(boolean right, String message) {
    if (!right) {
      throw new ParameterException(command.commandLine(), message);
    }
  }

  private boolean isNewOrEmpty() throws IOException {
    if (!Files.exists(out)) {
      return true;
    }
    try (Stream<Path> entries = Files.list(out)) {
      return entries.findAny().isEmpty();
    }
  }

  private static void say(String line) {
    System.err.println("gpu-suite: " + line);
  }

  private static void delete(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      List<Path> paths = new ArrayList<>(walk.toList());
      Collections.reverse(paths);
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException failure) {
      say("not all of " + folder + " could be deleted: " + failure.getMessage());
    }
  }

  /** The commit that the bundle was built from. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"gpu-suite of " + Bundle.found().commit()};
    }
  }
}
