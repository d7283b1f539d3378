package dev.surprisal.benchmarks;

import dev.surprisal.benchmarks.report.CompareCommand;
import dev.surprisal.benchmarks.report.ReportCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks' command line. Exit status: 0, 1 for a failure, 2 for a usage error. */
@Command(
    name = "benchmarks",
    description = "Measures Surprisal and its peers on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {RunCommand.class, ReportCommand.class, CompareCommand.class})
public final class Benchmarks {
  private Benchmarks() {}

  /** Runs a subcommand and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    // Charts are drawn into files; a display must not be looked for.
    System.setProperty("java.awt.headless", "true");
    System.exit(commands().execute(arguments));
  }

  static CommandLine commands() {
    return new CommandLine(new Benchmarks()).setExecutionExceptionHandler(Benchmarks::report);
  }

  private static int report(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) throws Exception {
    boolean expected =
        failure instanceof IOException
            || failure instanceof UncheckedIOException
            || failure instanceof IllegalArgumentException
            || failure.getClass().getPackageName().startsWith("dev.surprisal");
    if (!expected) {
      throw failure;
    }
    command.getErr().println("benchmarks: " + failure.getMessage());
    return CommandLine.ExitCode.SOFTWARE;
  }
}
