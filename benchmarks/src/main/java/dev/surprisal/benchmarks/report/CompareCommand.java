package dev.surprisal.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.report.Change.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code compare}: prints what became slower. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description =
        "Compares two runs case by case, and prints what became slower beyond the noise of its"
            + " repeats. Where a peer was measured in both runs, its change is taken for the"
            + " machine's.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:nothing became slower",
      "1:something became slower",
      "2:usage error, or results that cannot be read or compared"
    },
    exitCodeOnExecutionException = 2)
public final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "OLD", description = "A folder with a benchmarks.json, or the file.")
  private Path old;

  @Parameters(paramLabel = "NEW", description = "The newer one, in the same form.")
  private Path now;

  @Option(names = "--anyway", description = "Compare runs on different devices too.")
  private boolean anyway;

  @Option(names = "--json", description = "Print one JSON object a case.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Results before = load(old);
    Results after = load(now);
    if (!anyway) {
      requireOneDevice(before, after);
    }
    List<Change> changes = Comparison.of(before, after);
    if (json) {
      printJson(changes);
    } else {
      printTable(changes);
    }
    return changes.stream().anyMatch(change -> change.verdict() == Verdict.SLOWER) ? 1 : 0;
  }

  private Results load(Path path) {
    try {
      return Results.load(path);
    } catch (UncheckedIOException unreadable) {
      throw new ParameterException(
          spec.commandLine(),
          unreadable.getMessage() + " (" + unreadable.getCause().getMessage() + ")",
          unreadable);
    }
  }

  private void requireOneDevice(Results before, Results after) {
    String first = device(before);
    String second = device(after);
    if (!first.equals(second)) {
      throw new ParameterException(
          spec.commandLine(),
          old
              + " was measured on "
              + first
              + ", "
              + now
              + " on "
              + second
              + ": compare runs on one device, or say --anyway");
    }
  }

  private String device(Results results) {
    try {
      return new DeviceResults(results).device();
    } catch (IllegalArgumentException unfit) {
      throw new ParameterException(spec.commandLine(), unfit.getMessage(), unfit);
    }
  }

  private void printJson(List<Change> changes) throws IOException {
    ObjectMapper mapper = new ObjectMapper().disable(SerializationFeature.INDENT_OUTPUT);
    for (Change change : changes) {
      spec.commandLine().getOut().println(mapper.writeValueAsString(change));
    }
  }

  private void printTable(List<Change> changes) {
    PrintWriter out = spec.commandLine().getOut();
    int width = changes.stream().mapToInt(change -> name(change).length()).max().orElse(4);
    String row = "%-" + width + "s  %10s  %10s  %7s  %6s  %7s  %s%n";
    out.printf(row, "case", "old", "new", "change", "noise", "judged", "verdict");
    for (Change change : changes) {
      out.printf(
          row,
          name(change),
          change.before() == null ? Units.NONE : Units.time(change.before()),
          change.after() == null ? Units.NONE : Units.time(change.after()),
          percent(change.change()),
          change.noise() == null ? Units.NONE : Units.percent(change.noise()),
          percent(change.judged()),
          change.verdict() + (change.peer() == null ? "" : drift(change)));
    }
    long slower = changes.stream().filter(change -> change.verdict() == Verdict.SLOWER).count();
    out.printf(
        "%n%d of %d cases became slower beyond the noise of their repeats%n",
        slower, changes.size());
  }

  private static String name(Change change) {
    return change.group() + ": " + change.which();
  }

  private static String drift(Change change) {
    return " (" + change.peer() + " " + percent(change.drift()) + ")";
  }

  private static String percent(Double change) {
    return change == null ? Units.NONE : String.format(Locale.ROOT, "%+.1f%%", 100 * (change - 1));
  }
}
