package dev.surprisal.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Functions that groups of options share. */
final class Options {
  private Options() {}

  /** Builds a value from options; an invalid option is a usage error. */
  static <T> T build(CommandSpec command, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** Reports a usage error unless the condition holds. */
  static void check(CommandSpec command, boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(command.commandLine(), message);
    }
  }

  /** Whether an option is on the command line, not at its default. */
  static boolean isGiven(CommandSpec command, String name) {
    return command.commandLine().getParseResult().hasMatchedOption(name);
  }
}
