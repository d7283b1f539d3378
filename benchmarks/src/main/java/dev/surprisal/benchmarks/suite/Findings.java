package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.surprisal.benchmarks.suite.Outcome.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The results of the suite: {@code suite.json}, and the table that it prints last.
 *
 * @param environment machine and versions of the run
 * @param stages in the order they ran
 * @param seconds of all of them
 */
record Findings(
    @JsonProperty("environment") Map<String, ?> environment,
    @JsonProperty("stages") List<Entry> stages,
    @JsonProperty("seconds") double seconds) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A stage, how long it took, and what came of it. */
  record Entry(
      @JsonProperty("stage") String stage,
      @JsonProperty("seconds") double seconds,
      @JsonUnwrapped Outcome outcome) {}

  /** Writes the file whole, in place of an earlier one. */
  void save(Path folder) throws IOException {
    Path whole = folder.resolve("suite.json.part");
    JSON.writeValue(whole.toFile(), this);
    Files.move(whole, folder.resolve("suite.json"), StandardCopyOption.REPLACE_EXISTING);
  }

  boolean passed() {
    return stages.stream().noneMatch(entry -> entry.outcome().result() == Result.FAILED);
  }

  String table() {
    StringBuilder table = new StringBuilder();
    for (Entry entry : stages) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-9s %-8s %4.0f s  %s%n",
              entry.stage(),
              entry.outcome().result().text(),
              entry.seconds(),
              entry.outcome().summary()));
    }
    return table.toString();
  }
}
