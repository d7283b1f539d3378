package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The outcome of the library's tests.
 *
 * @param ending how JUnit's process ended
 * @param count of those that passed
 * @param skipped how many were
 * @param failures the lines of those that failed
 * @param running those that were begun and have not ended
 */
record JavaTests(
    Ending ending, int count, int skipped, List<TestLines.Line> failures, Set<String> running) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of the lines that {@link TestLines} wrote, if it came to that. */
  static JavaTests read(Path file, Ending ending) throws IOException {
    int passed = 0;
    int skipped = 0;
    List<TestLines.Line> failures = new ArrayList<>();
    Set<String> running = new LinkedHashSet<>();
    if (Files.exists(file)) {
      for (String text : Files.readAllLines(file)) {
        if (!text.endsWith("}")) {
          continue; // Its process was stopped as it wrote.
        }
        TestLines.Line line = JSON.readValue(text, TestLines.Line.class);
        running.remove(line.test());
        switch (line.result()) {
          case "begun" -> running.add(line.test());
          case "passed" -> passed++;
          case "failed" -> failures.add(line);
          default -> skipped++;
        }
      }
    }
    return new JavaTests(ending, passed, skipped, failures, running);
  }

  boolean passed() {
    return ending.well() && failures.isEmpty() && count > 0;
  }

  String summary() {
    String counts = count + " tests passed";
    if (!failures.isEmpty()) {
      counts += ", " + failures.size() + " failed, the first is " + failures.get(0).test();
    }
    if (!ending.well() && failures.isEmpty()) {
      counts +=
          ", then " + ending.text() + (running.isEmpty() ? "" : " in " + running.iterator().next());
    }
    return counts;
  }

  Map<String, ?> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("passed", count);
    figures.put("skipped", skipped);
    figures.put("failed", failures);
    figures.put("not_ended", running);
    figures.put("ended", ending.text());
    return figures;
  }
}
