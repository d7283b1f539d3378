package dev.surprisal.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What groups of options have in common. */
final class Options {
  private Options() {}

  /** Builds what options describe; a value that is refused there is wrong use of the command. */
  static <T> T build(CommandSpec command, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** Refuses a value as wrong use of the command. */
  static void check(CommandSpec command, boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(command.commandLine(), message);
    }
  }

  /** Whether an option stands on the command line, as against having its default. */
  static boolean isGiven(CommandSpec command, String name) {
    return command.commandLine().getParseResult().hasMatchedOption(name);
  }
}
