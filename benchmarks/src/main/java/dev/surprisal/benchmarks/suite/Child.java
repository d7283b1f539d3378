package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process of its own for a stage. It ends by its limit with all that it has started; what it has
 * written until then counts.
 *
 * @param command what to run
 * @param environment what is added to ours
 * @param log where all that it prints is added
 */
record Child(List<String> command, Map<String, String> environment, Path log) {
  /** So long may a process take to end that was told to. */
  private static final Duration DYING = Duration.ofSeconds(5);

  /**
   * How it ended.
   *
   * @param status its exit status; of one that was stopped, anything
   * @param stopped whether it was still running at its limit
   */
  record Ending(int status, boolean stopped) {
    boolean well() {
      return status == 0 && !stopped;
    }

    /** As in "exit status 1". */
    String text() {
      return stopped ? "stopped at its limit of time" : "exit status " + status;
    }
  }

  Ending run(Duration limit) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();
    Thread end = new Thread(() -> kill(process.toHandle()));
    Runtime.getRuntime().addShutdownHook(end);
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Ending(process.exitValue(), false);
      }
      kill(process.toHandle());
      // One that hangs in the driver does not die; the next stage is not kept from running.
      process.waitFor(DYING.toMillis(), TimeUnit.MILLISECONDS);
      return new Ending(-1, true);
    } finally {
      kill(process.toHandle());
      try {
        Runtime.getRuntime().removeShutdownHook(end);
      } catch (IllegalStateException endingAlready) {
        // The hook does what is to be done.
      }
    }
  }

  private static void kill(ProcessHandle process) {
    // The children first: those of a dead process are not found any more.
    Stream.concat(process.descendants().toList().stream(), Stream.of(process))
        .forEach(ProcessHandle::destroyForcibly);
  }
}
