package dev.surprisal.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
  @TempDir Path folder;

  private Ending run(Duration limit, String script) throws IOException, InterruptedException {
    return new Child(List.of("sh", "-c", script), Map.of("WORD", "told"), folder.resolve("log"))
        .run(limit);
  }

  @Test
  void what_it_prints_is_added_to_the_log_and_its_status_is_told()
      throws IOException, InterruptedException {
    assertTrue(run(Duration.ofMinutes(1), "echo $WORD").well());
    assertEquals(new Ending(7, false), run(Duration.ofMinutes(1), "echo to the other >&2; exit 7"));
    assertEquals(List.of("told", "to the other"), Files.readAllLines(folder.resolve("log")));
  }

  @Test
  void at_its_limit_it_is_stopped_with_its_children_and_what_it_had_printed_is_there()
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Ending ending =
        run(
            Duration.ofSeconds(2),
            "trap '' TERM; sleep 600 & echo $!; echo began; wait; sleep 600");
    assertTrue(ending.stopped());
    assertFalse(ending.well());
    assertTrue(System.nanoTime() - start < 60e9, "it took far longer than its limit");
    List<String> log = Files.readAllLines(folder.resolve("log"));
    assertEquals("began", log.get(1));
    ProcessHandle.of(Long.parseLong(log.get(0)))
        .ifPresent(
            child -> child.onExit().orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join());
  }
}
