package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Map;

/**
 * The outcome of a stage.
 *
 * @param result how it ended
 * @param summary one line for the table
 * @param figures all that it found, as JSON takes it
 */
record Outcome(
    @JsonProperty("result") Result result,
    @JsonProperty("summary") String summary,
    @JsonProperty("figures") Map<String, ?> figures) {
  enum Result {
    PASSED,
    FAILED,
    SKIPPED;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Outcome of(boolean passed, String summary, Map<String, ?> figures) {
    return new Outcome(passed ? Result.PASSED : Result.FAILED, summary, figures);
  }

  static Outcome skipped(String why) {
    return new Outcome(Result.SKIPPED, why, Map.of());
  }

  static Outcome failed(String why) {
    return new Outcome(Result.FAILED, why, Map.of());
  }
}
