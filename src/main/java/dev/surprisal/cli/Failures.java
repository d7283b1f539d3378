package dev.surprisal.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports a failure: one line on standard error, and an exit status. */
final class Failures {
  private static final String DEBUG = "SURPRISAL_DEBUG";

  private Failures() {}

  /** Reports a failure, with its stack trace if the environment asks for it. */
  static int report(Throwable failure, PrintWriter err) {
    err.println("surprisal: " + line(failure));
    if ("1".equals(System.getenv(DEBUG))) {
      failure.printStackTrace(err);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Reports a usage error, and names the help to read. */
  static int wrongUse(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("surprisal: " + oneLine(failure.getMessage()));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return CommandLine.ExitCode.USAGE;
  }

  /** The failure of standard output: a full disk, or a reader that has closed it. */
  static IOException outputLost() {
    return new IOException("standard output cannot be written: its disk is full or it was closed");
  }

  /** Describes a failure in one line. */
  static String line(Throwable failure) {
    if (failure instanceof UncheckedIOException) {
      return line(failure.getCause());
    }
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      return oneLine(file.getMessage() + ": " + reason(file));
    }
    if (failure instanceof OutOfMemoryError) {
      return oneLine(
          "out of memory ("
              + failure.getMessage()
              + "): set JAVA_TOOL_OPTIONS=-Xmx8g for a larger heap");
    }
    if (isExpected(failure) && failure.getMessage() != null) {
      return oneLine(failure.getMessage());
    }
    return oneLine("unexpected " + failure + "; " + DEBUG + "=1 shows where");
  }

  private static boolean isExpected(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof IllegalArgumentException
        || failure.getClass().getPackageName().startsWith("dev.surprisal");
  }

  private static String reason(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    return failure instanceof NotDirectoryException ? "not a folder" : "cannot be used";
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
