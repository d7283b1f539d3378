package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportsTest {
  @TempDir Path folder;

  @Test
  void an_epoch_is_in_the_log_the_chart_and_the_events() throws IOException {
    try (RunReports reports = new RunReports(folder, 0, 0)) {
      reports.add(EpochMetricsSamples.epoch(1));
    }
    assertEquals(1, Files.readAllLines(folder.resolve("metrics.jsonl")).size());
    assertTrue(Files.exists(folder.resolve("loss.png")));
    assertEquals(3, EventFile.read(folder.resolve("events.out.tfevents.000001.surprisal")).size());
  }

  @Test
  void a_resumed_run_has_the_lines_of_an_uninterrupted_one() throws IOException {
    report(0, 1, 4);
    String whole = Files.readString(folder.resolve("metrics.jsonl"));
    report(2, 3, 4);
    assertEquals(whole, Files.readString(folder.resolve("metrics.jsonl")));
  }

  private void report(long lastEpoch, int from, int to) throws IOException {
    try (RunReports reports = new RunReports(folder, lastEpoch, 10 * lastEpoch)) {
      for (int epoch = from; epoch <= to; epoch++) {
        reports.add(EpochMetricsSamples.epoch(epoch));
      }
    }
  }
}
