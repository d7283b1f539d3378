package dev.surprisal.benchmarks;

import dev.surprisal.benchmarks.measure.Ceilings;
import dev.surprisal.benchmarks.measure.CeilingsProbe;
import dev.surprisal.benchmarks.measure.Contest;
import dev.surprisal.benchmarks.measure.Contest.Deadline;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Entry;
import dev.surprisal.benchmarks.measure.ProductRate;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.measure.Row;
import dev.surprisal.benchmarks.ours.Ours;
import dev.surprisal.benchmarks.peers.Peers;
import dev.surprisal.benchmarks.report.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code run}: measures Surprisal and its peers in turns. */
@Command(
    name = "run",
    description =
        "Measures Surprisal and the peers on this machine in turns, and stores the results.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  /** A GPU tells microseconds of the same work far more evenly than a CPU. */
  private static final Effort GPU_EFFORT = new Effort(0.1, 0.2, 7);

  private static final Effort CPU_EFFORT = new Effort(0.5, 1, 3);

  @Spec private CommandSpec spec;

  @Option(
      names = "--device",
      defaultValue = "auto",
      description = "auto, cpu or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(names = "--python", paramLabel = "PATH", description = "A Python with torch.")
  private String python;

  @Option(names = "--quick", description = "Fewer cases and two rounds: some minutes.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "GROUP",
      arity = "1..*",
      description = "Groups of cases, such as cross-entropy, step or growth (default: all).")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--rounds",
      description = "Turns of each contestant in a case (default: 3, quick: 2).")
  private Integer rounds;

  @Option(
      names = "--seconds",
      paramLabel = "BUDGET",
      description =
          "Begins no turn after this time, and records the remaining cases as not measured.")
  private double budget;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Folder of the results (default: benchmarks/results/DATE-DEVICE,",
        "below benchmarks/target with --quick or --only)."
      })
  private Path out;

  @Option(names = "--charts", description = "Draw charts beside the results.")
  private boolean charts;

  @Override
  public Integer call() throws IOException {
    if (rounds != null && rounds < 1) {
      throw new ParameterException(spec.commandLine(), "--rounds is 1 or more, found " + rounds);
    }
    if (!(budget >= 0)) {
      throw new ParameterException(spec.commandLine(), "--seconds is 0 or more, found " + budget);
    }
    Deadline deadline = Deadline.in(budget);
    Machine machine = Machine.of(device);
    List<Entry> entries;
    try {
      entries = CaseLists.only(CaseLists.of(machine.device(), quick), only);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), "--only: " + wrong.getMessage());
    }
    Path folder = out == null ? machine.newFolder(!quick && only.isEmpty()) : out;
    Results results = measure(machine, entries, deadline, folder);
    PrintWriter output = spec.commandLine().getOut();
    output.print(Summary.of(results));
    output.println("written: " + folder.resolve(Results.FILE));
    if (charts) {
      Pictures.draw(results, folder).forEach(chart -> output.println("written: " + chart));
    }
    output.flush();
    return 0;
  }

  private Results measure(Machine machine, List<Entry> entries, Deadline deadline, Path folder) {
    Consumer<String> progress = spec.commandLine().getErr()::println;
    List<String> absent = new ArrayList<>();
    List<Contestant> contestants = new ArrayList<>(List.of(new Ours(machine.device())));
    try {
      contestants.addAll(Peers.open(machine.device(), python, absent::add));
      absent.forEach(line -> progress.accept("absent: " + line));
      Map<String, String> environment = machine.environment(contestants);
      environment.put("command", command());
      if (!absent.isEmpty()) {
        environment.put("absent", names(absent));
      }
      save(new Results(environment, null, List.of()), folder);
      Effort effort = machine.cpu() ? CPU_EFFORT : GPU_EFFORT;
      Ceilings ceilings =
          new CeilingsProbe(machine.device(), effort, progress).measure(products(contestants));
      save(new Results(environment, ceilings, List.of()), folder);
      Contest contest =
          new Contest(
              contestants,
              rounds != null ? rounds : quick ? 2 : 3,
              effort,
              deadline,
              ceilings,
              progress);
      List<Row> rows =
          contest.run(entries, so -> save(new Results(environment, ceilings, so), folder));
      return new Results(environment, ceilings, rows);
    } finally {
      contestants.forEach(Contestant::close);
    }
  }

  /** As it was given, but for options that name places on this machine or change no figure. */
  private String command() {
    return "benchmarks/run"
        + spec.commandLine().getParseResult().matchedOptions().stream()
            .filter(
                option -> !List.of("--python", "--out", "--charts").contains(option.longestName()))
            .map(option -> " " + option.longestName() + values(option))
            .collect(Collectors.joining());
  }

  private static String values(OptionSpec option) {
    return option.arity().max() == 0 ? "" : " " + String.join(" ", option.originalStringValues());
  }

  /**
   * Of peers that are not here; why may name places on this machine, which are nobody's results.
   */
  private static String names(List<String> absent) {
    return absent.stream()
        .map(line -> line.substring(0, line.indexOf(':')))
        .collect(Collectors.joining(", "));
  }

  private static List<ProductRate> products(List<Contestant> contestants) {
    return contestants.stream()
        .filter(ProductRate.class::isInstance)
        .map(ProductRate.class::cast)
        .toList();
  }

  private static void save(Results results, Path folder) {
    results.save(folder);
  }
}
