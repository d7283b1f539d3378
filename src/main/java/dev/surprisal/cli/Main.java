package dev.surprisal.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/**
 * The command {@code surprisal}.
 *
 * <p>Exit status: 0, 1 for a failure, 2 for a usage error, 130 after Ctrl-C. Output is UTF-8 in
 * every locale.
 */
@Command(
    name = "surprisal",
    description = "Trains, evaluates and samples recurrent language models.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    sortSynopsis = false,
    scope = ScopeType.INHERIT,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:success",
      "1:a failure; SURPRISAL_DEBUG=1 in the environment shows where",
      "2:usage error",
      "130:stopped by Ctrl-C"
    },
    subcommands = {
      QuickstartCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      GenerateCommand.class,
      ScoreCommand.class,
      RescoreCommand.class,
      DoctorCommand.class
    })
public final class Main {
  private static final String UNREADABLE = "\uFFFD";

  private Main() {}

  /**
   * Runs a command and ends the JVM with its exit status.
   *
   * @param args a subcommand and its options
   */
  public static void main(String[] args) {
    // Charts go to files; AWT must not look for a display.
    System.setProperty("java.awt.headless", "true");
    PrintStream err = utf8(new FileOutputStream(FileDescriptor.err));
    System.setErr(err);
    PlainLog.install();
    System.exit(execute(new FileOutputStream(FileDescriptor.out), err, args));
  }

  /** Returns the command that a user types, which the launcher sets. */
  static String command() {
    return System.getProperty("surprisal.command", "surprisal");
  }

  /** Runs a command and returns its exit status. */
  static int execute(OutputStream out, OutputStream err, String... args) {
    PrintWriter output = new PrintWriter(out, false, StandardCharsets.UTF_8);
    PrintWriter errors = new PrintWriter(err, true, StandardCharsets.UTF_8);
    int status;
    try {
      checkReadable(args);
      status = commands().setOut(output).setErr(errors).execute(args);
    } catch (Exception | Error e) {
      // picocli passes Errors on: too little memory, a native library that does not load.
      status = Failures.report(e, errors);
    }
    if (output.checkError() && status == 0) {
      status = Failures.report(Failures.outputLost(), errors);
    }
    return status;
  }

  static CommandLine commands() {
    CommandLine line = new CommandLine(new Main());
    line.getSubcommands().get("train").getCommandSpec().usageMessage().footer(LossHelp.lines());
    return line.setParameterExceptionHandler(Failures::wrongUse)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> Failures.report(failure, command.getErr()));
  }

  // Java decodes arguments by the locale; the C locale loses what is not ASCII before main.
  private static void checkReadable(String[] args) {
    String encoding = System.getProperty("sun.jnu.encoding");
    if (!"UTF-8".equals(encoding) && String.join("", args).contains(UNREADABLE)) {
      throw new IllegalArgumentException(
          "an argument has characters that this locale's encoding, "
              + encoding
              + ", does not have: set LC_ALL=C.UTF-8");
    }
  }

  private static PrintStream utf8(OutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"surprisal " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
