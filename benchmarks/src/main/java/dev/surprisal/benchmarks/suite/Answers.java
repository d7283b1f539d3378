package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The output of short system commands. */
final class Answers {
  private Answers() {}

  /** The lines; none if there is no such command, or if it fails or hangs. */
  static List<String> of(int seconds, List<String> command) throws InterruptedException {
    try {
      Path file = Files.createTempFile("surprisal-", ".txt");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(file.toFile())
                .start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          return List.of();
        }
        return process.exitValue() == 0
            ? Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()
            : List.of();
      } finally {
        Files.delete(file);
      }
    } catch (IOException absent) {
      return List.of();
    }
  }
}
