package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes a line of JSON when a test begins and one when it ends, so that the results of a run
 * survive however it ends. JUnit finds it by itself; it is silent unless a system property names
 * the file.
 */
public final class TestLines implements TestExecutionListener {
  /** The system property with the file's name. */
  static final String PROPERTY = "surprisal.suite.tests";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Long> began = new LinkedHashMap<>();
  private BufferedWriter file;
  private TestPlan plan;

  /**
   * A line.
   *
   * @param test the class, the method and the case
   * @param result {@code begun}, or {@code passed}, {@code failed} or {@code skipped}
   * @param milliseconds that it took; null for one that begins
   * @param message of one that failed or was skipped; else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Line(
      @JsonProperty("test") String test,
      @JsonProperty("result") String result,
      @JsonProperty("ms") Long milliseconds,
      @JsonProperty("message") String message) {}

  /** For {@link java.util.ServiceLoader}. */
  public TestLines() {}

  @Override
  public void testPlanExecutionStarted(TestPlan started) {
    String name = System.getProperty(PROPERTY);
    plan = started;
    try {
      file = name == null ? null : Files.newBufferedWriter(Path.of(name));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (test.isTest()) {
      began.put(test.getUniqueId(), System.nanoTime());
      write(new Line(name(test), "begun", null, null));
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    write(new Line(name(test), "skipped", null, reason));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    String message = result.getThrowable().map(Throwable::toString).orElse(null);
    String word =
        switch (result.getStatus()) {
          case SUCCESSFUL -> "passed";
          case ABORTED -> "skipped";
          case FAILED -> "failed";
        };
    Long start = began.remove(test.getUniqueId());
    // A container, such as a class, is reported only if it fails.
    if (start != null || word.equals("failed")) {
      Long took = start == null ? null : (System.nanoTime() - start) / 1_000_000;
      write(new Line(name(test), word, took, message));
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan finished) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void write(Line line) {
    if (file == null) {
      return;
    }
    try {
      file.write(JSON.writeValueAsString(line));
      file.newLine();
      file.flush();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** As in {@code KernelsRecurrentTest / forward(Bench) / cuda:0}. */
  private String name(TestIdentifier test) {
    String above =
        plan.getParent(test)
            .filter(parent -> parent.getParentId().isPresent())
            .map(parent -> name(parent) + " / ")
            .orElse("");
    return above + test.getDisplayName();
  }
}
