package dev.surprisal.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The host's processor. */
public final class Processor {
  private static final Path INFO = Path.of("/proc/cpuinfo");

  private Processor() {}

  /** Its model, as in {@code AMD EPYC}; where Linux does not tell it, its architecture. */
  public static String model() {
    try (Stream<String> lines = Files.lines(INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(Processor::architecture);
    } catch (IOException notLinux) {
      return architecture();
    }
  }

  private static String architecture() {
    return System.getProperty("os.arch");
  }
}
