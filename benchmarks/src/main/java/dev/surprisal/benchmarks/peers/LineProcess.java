package dev.surprisal.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process with line-based input and output and a time limit for reading. */
final class LineProcess implements AutoCloseable {
  private static final int LINES_OF_ERRORS = 20;
  private static final long SECONDS_TO_END = 5;

  private final Process process;
  private final Writer input;
  private final BlockingQueue<Optional<String>> output = new LinkedBlockingQueue<>();
  private final Deque<String> errors = new ArrayDeque<>();
  private final Thread errorReader;

  /**
   * Starts it.
   *
   * @param command the program
   * @param settings variables of its environment
   * @throws IOException if there is no such program
   */
  LineProcess(List<String> command, Map<String, String> settings) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    // What this process is started with is not meant for others.
    builder.environment().remove("OMP_WAIT_POLICY");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(settings);
    process = builder.start();
    input = process.outputWriter();
    reader("output", process.inputReader(), line -> output.add(Optional.of(line)), true);
    errorReader = reader("errors", process.errorReader(), this::keep, false);
  }

  private interface Line {
    void take(String line);
  }

  private Thread reader(String what, BufferedReader lines, Line each, boolean tellsEnd) {
    Thread thread =
        new Thread(
            () -> {
              try (lines) {
                lines.lines().forEach(each::take);
              } catch (IOException | UncheckedIOException closed) {
                // The process was ended while it was read.
              } finally {
                if (tellsEnd) {
                  output.add(Optional.empty());
                }
              }
            },
            what + " of " + process.pid());
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void keep(String line) {
    synchronized (errors) {
      if (!line.isBlank()) {
        errors.add(line.strip());
        if (errors.size() > LINES_OF_ERRORS) {
          errors.remove();
        }
      }
    }
  }

  void write(String line) throws IOException {
    input.write(line);
    input.write('\n');
    input.flush();
  }

  /**
   * The next line, or null if there is none in time.
   *
   * @throws IOException if the process has ended; it says how, with its last words
   */
  String read(Duration limit) throws IOException {
    try {
      Optional<String> line = output.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        return null;
      }
      if (line.isEmpty()) {
        throw new IOException(lastWords());
      }
      return line.get();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("was interrupted");
    }
  }

  private String lastWords() throws InterruptedException {
    if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
      return "closed its output";
    }
    errorReader.join(TimeUnit.SECONDS.toMillis(SECONDS_TO_END));
    synchronized (errors) {
      return "ended with status "
          + process.exitValue()
          + (errors.isEmpty() ? "" : ": " + errors.getLast());
    }
  }

  /** Lets it end by itself, or else ends it with all that it started. */
  @Override
  public void close() {
    try {
      input.close();
      if (process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        return;
      }
    } catch (IOException gone) {
      // Its end of the pipe is closed.
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /** Ends it at once. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
