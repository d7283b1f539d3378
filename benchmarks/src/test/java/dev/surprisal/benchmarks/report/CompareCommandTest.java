package dev.surprisal.benchmarks.report;

import static dev.surprisal.benchmarks.report.MadeUp.STEP;
import static dev.surprisal.benchmarks.report.MadeUp.ours;
import static dev.surprisal.benchmarks.report.MadeUp.results;
import static dev.surprisal.benchmarks.report.MadeUp.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.measure.Results;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();
  private Path fast;
  private Path slow;
  private Path elsewhere;

  @BeforeEach
  void save() {
    fast = saved("fast", results(row("step", STEP, ours(1000, 1010))));
    slow = saved("slow", results(row("step", STEP, ours(1500, 1510))));
    elsewhere =
        saved(
            "elsewhere",
            new Results(
                MadeUp.environment("Slide rule", "2026-01-02"),
                null,
                List.of(row("step", STEP, ours(10)))));
  }

  private Path saved(String name, Results results) {
    Path place = folder.resolve(name);
    results.save(place);
    return place;
  }

  private int compare(Object... arguments) {
    return new CommandLine(new CompareCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(errors, true))
        .execute(List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
  }

  @Test
  void what_became_slower_is_named_and_is_the_exit_status() {
    assertEquals(1, compare(fast, slow));
    assertTrue(
        out.toString().contains("step: training_step V=100 E=50 H=50 B=32 T=35 float32"),
        out.toString());
    assertTrue(out.toString().contains("+49.8%"), out.toString());
    assertTrue(out.toString().contains("SLOWER"), out.toString());
    assertTrue(out.toString().contains("1 of 1 cases became slower"), out.toString());
  }

  @Test
  void what_became_faster_or_stayed_is_no_failure() {
    assertEquals(0, compare(slow, fast));
    assertEquals(0, compare(fast, fast));
  }

  @Test
  void a_file_stands_for_its_folder() {
    assertEquals(1, compare(fast.resolve(Results.FILE), slow));
  }

  @Test
  void json_is_an_object_a_case_without_what_is_not_known() throws Exception {
    assertEquals(1, compare("--json", fast, slow));

    List<String> lines = out.toString().lines().toList();
    assertEquals(1, lines.size());
    JsonNode change = new ObjectMapper().readTree(lines.get(0));
    assertEquals("slower", change.required("verdict").asText());
    assertEquals(1005, change.required("old_us").asDouble());
    assertTrue(change.path("peer").isMissingNode());
  }

  @Test
  void runs_on_different_devices_are_refused_unless_asked_for() {
    assertEquals(2, compare(fast, elsewhere));
    assertTrue(errors.toString().contains("Abacus"), errors.toString());
    assertTrue(errors.toString().contains("Slide rule"), errors.toString());
    assertTrue(errors.toString().contains("--anyway"), errors.toString());

    assertEquals(0, compare("--anyway", fast, elsewhere));
  }

  @Test
  void wrong_use_and_unreadable_results_are_another_exit_status() throws Exception {
    assertEquals(2, compare(fast));
    assertEquals(2, compare(fast, folder.resolve("nowhere")));
    assertTrue(errors.toString().contains("nowhere"), errors.toString());
    Path broken = Files.createDirectories(folder.resolve("broken"));
    Files.writeString(broken.resolve(Results.FILE), "{");
    assertEquals(2, compare(broken, fast));
    Files.writeString(broken.resolve(Results.FILE), "{\"environment\": {}, \"rows\": []}");
    assertEquals(2, compare(broken, fast));
  }
}
