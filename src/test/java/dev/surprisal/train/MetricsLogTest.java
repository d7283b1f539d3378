package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name_the_file() {
    file = folder.resolve("metrics.jsonl");
  }

  @Test
  void an_epoch_is_one_line_of_json() throws IOException {
    MetricsLog log = new MetricsLog(file, 0);
    log.add(new EpochMetrics(1, 10, 2.25, 2.5, 12.25, 1000.5, 0.125, true));
    assertEquals(
        List.of(
            "{\"epoch\":1,\"step\":10,\"train_loss\":2.25,\"valid_loss\":2.5,\"perplexity\":12.25,"
                + "\"tokens_per_second\":1000.5,\"seconds\":0.125,\"best\":true}"),
        Files.readAllLines(file));
  }

  @Test
  void a_validation_loss_that_there_is_not_is_null_and_comes_back_as_nan() throws IOException {
    new MetricsLog(file, 0).add(EpochMetricsSamples.withoutValidation(1));
    assertTrue(Files.readString(file).contains("\"valid_loss\":null"), Files.readString(file));
    assertEquals(
        List.of(EpochMetricsSamples.withoutValidation(1)), new MetricsLog(file, 1).epochs());
  }

  @Test
  void every_figure_comes_back_to_the_last_bit() throws IOException {
    write(3);
    List<EpochMetrics> expected =
        List.of(
            EpochMetricsSamples.epoch(1),
            EpochMetricsSamples.epoch(2),
            EpochMetricsSamples.epoch(3));
    assertEquals(expected, new MetricsLog(file, 3).epochs());
  }

  @Test
  void taking_up_a_run_removes_the_epochs_after_its_checkpoint_and_leaves_the_others_untouched()
      throws IOException {
    write(5);
    String whole = Files.readString(file);
    MetricsLog log = new MetricsLog(file, 3);
    assertEquals(3, log.epochs().size());
    assertEquals(3, Files.readAllLines(file).size());
    log.add(EpochMetricsSamples.epoch(4));
    log.add(EpochMetricsSamples.epoch(5));
    assertEquals(whole, Files.readString(file));
  }

  @Test
  void a_line_that_a_crash_cut_short_is_removed() throws IOException {
    write(2);
    String whole = Files.readString(file);
    Files.writeString(file, "{\"epoch\":3,\"ste", StandardOpenOption.APPEND);
    assertEquals(2, new MetricsLog(file, 3).epochs().size());
    assertEquals(whole, Files.readString(file));
  }

  @Test
  void a_line_that_is_no_epoch_ends_the_log() throws IOException {
    write(2);
    String whole = Files.readString(file);
    Files.writeString(file, "{\"epoch\":3}\n", StandardOpenOption.APPEND);
    assertEquals(2, new MetricsLog(file, 3).epochs().size());
    assertEquals(whole, Files.readString(file));
  }

  @Test
  void a_new_run_leaves_nothing_of_an_old_log() throws IOException {
    write(2);
    assertTrue(new MetricsLog(file, 0).epochs().isEmpty());
    assertEquals(0, Files.size(file));
  }

  private void write(int epochs) throws IOException {
    MetricsLog log = new MetricsLog(file, 0);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      log.add(EpochMetricsSamples.epoch(epoch));
    }
  }
}
