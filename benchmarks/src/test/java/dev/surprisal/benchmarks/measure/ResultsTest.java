package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  @TempDir private Path folder;

  private static Results results(String device) {
    Case which = Case.of(Operation.RNN_FORWARD, 1, 32, 256).variant("tanh");
    Answer.Turn turn = new Answer.Turn(3.25, 3, 3.5, 100, 20, 4096L);
    Row row =
        new Row(
            "recurrent",
            which,
            which.bytes(),
            which.flops(),
            Map.of("surprisal", List.of(turn, turn.holding(8192))),
            Map.of("pytorch", "out of memory"));
    Ceilings ceilings = new Ceilings(1e12, Map.of("float32", 5e13), 3.5, null, 1.25);
    return new Results(Map.of("device", device), ceilings, List.of(row));
  }

  @Test
  void what_is_saved_is_loaded_as_it_was() {
    results("cpu").save(folder.resolve("new"));

    assertEquals(results("cpu"), Results.load(folder.resolve("new")));
  }

  @Test
  void a_later_save_replaces_an_earlier_one_and_leaves_nothing_beside() throws IOException {
    results("cpu").save(folder);
    results("cuda:0").save(folder);

    assertEquals(results("cuda:0"), Results.load(folder));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void a_folder_without_results_is_named() {
    UncheckedIOException failure =
        assertThrows(UncheckedIOException.class, () -> Results.load(folder));

    assertTrue(failure.getMessage().contains(folder.toString()));
  }
}
