package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A command in a JVM of its own. */
final class Fork {
  private final Process process;
  private final Path err;
  private final BufferedReader out;

  private Fork(Process process, Path err) {
    this.process = process;
    this.err = err;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  static Fork start(Path scratch, Map<String, String> environment, Object... args)
      throws IOException {
    return start(scratch, environment, List.of(), args);
  }

  /** With files that can grow to 128 KiB and no more, as on a disk that fills up. */
  static Fork startWithLittleSpace(Path scratch, Object... args) throws IOException {
    return start(scratch, Map.of(), List.of("sh", "-c", "ulimit -f 256; exec \"$@\"", "sh"), args);
  }

  private static Fork start(
      Path scratch, Map<String, String> environment, List<String> through, Object... args)
      throws IOException {
    List<String> command = new ArrayList<>(through);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Stream.of(args).map(Object::toString).forEach(command::add);
    Path err = Files.createTempFile(scratch, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    return new Fork(builder.start(), err);
  }

  long pid() {
    return process.pid();
  }

  /** The next line of standard output, null at its end. */
  String line() throws IOException {
    return out.readLine();
  }

  void kill() {
    // The process itself would also close what it wrote, unread.
    process.toHandle().destroyForcibly();
  }

  /** Waits for the end. */
  Cli.Result end() throws IOException, InterruptedException {
    StringBuilder rest = new StringBuilder();
    for (String line = line(); line != null; line = line()) {
      rest.append(line).append('\n');
    }
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end");
    return new Cli.Result(process.exitValue(), rest.toString(), Files.readString(err));
  }
}
