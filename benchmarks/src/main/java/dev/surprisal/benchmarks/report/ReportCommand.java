package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Results;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code report}: renders results as pages and charts. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Writes docs/performance.md with its pictures, and the figures in README.md and"
            + " docs/losses.md, from the newest results of each device.")
public final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RESULTS",
      arity = "0..*",
      description = "Folders with a benchmarks.json (default: all in benchmarks/results).")
  private List<Path> results = List.of();

  @Option(
      names = "--repository",
      paramLabel = "DIR",
      description = "The checkout to write to (default: ${DEFAULT-VALUE}).")
  private Path repository = Path.of("");

  @Override
  public Integer call() throws IOException {
    List<Path> folders = results.isEmpty() ? recorded() : results;
    try {
      List<DeviceResults> loaded = folders.stream().map(DeviceResults::load).toList();
      Report.write(loaded, repository).forEach(spec.commandLine().getOut()::println);
    } catch (IllegalArgumentException unfit) {
      throw new ParameterException(spec.commandLine(), unfit.getMessage(), unfit);
    }
    return 0;
  }

  private List<Path> recorded() throws IOException {
    Path all = repository.resolve("benchmarks/results");
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(all)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(all)) {
        for (Path folder : folders) {
          if (Files.exists(folder.resolve(Results.FILE))) {
            found.add(folder);
          }
        }
      }
    }
    if (found.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no "
              + all.resolve("*").resolve(Results.FILE)
              + ": measure with benchmarks/run first");
    }
    return found;
  }
}
