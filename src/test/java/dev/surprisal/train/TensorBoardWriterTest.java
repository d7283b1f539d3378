package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.train.EventFile.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_250L), ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void a_file_begins_with_the_version_that_readers_look_for() throws IOException {
    write(0);
    Event first = EventFile.read(only()).get(0);
    assertEquals("brain.Event:2", first.fileVersion());
    assertEquals(1_700_000_000.25, first.wallTime());
  }

  @Test
  void an_epoch_gives_four_scalars_at_its_step() throws IOException {
    write(0, EpochMetricsSamples.epoch(1), EpochMetricsSamples.epoch(2));
    List<Event> events = EventFile.read(only());
    assertEquals(4, events.size());
    EpochMetrics epoch = EpochMetricsSamples.epoch(2);
    assertEquals(epoch.step(), events.get(3).step());
    assertEquals(
        Map.of(
            "loss/train", (float) epoch.trainLoss(),
            "loss/valid", (float) epoch.validLoss(),
            "perplexity", (float) epoch.perplexity(),
            "tokens_per_second", (float) epoch.tokensPerSecond()),
        events.get(3).scalars());
  }

  @Test
  void without_validation_there_is_no_validation_loss() throws IOException {
    write(0, EpochMetricsSamples.withoutValidation(1));
    assertEquals(
        Set.of("loss/train", "perplexity", "tokens_per_second"),
        EventFile.read(only()).get(2).scalars().keySet());
  }

  @Test
  void taking_up_a_run_adds_a_file_that_voids_what_is_beyond_the_checkpoint() throws IOException {
    write(0, EpochMetricsSamples.epoch(1), EpochMetricsSamples.epoch(2));
    write(10, EpochMetricsSamples.epoch(2));
    List<Path> files = files();
    assertEquals(2, files.size());
    List<Event> resumed = EventFile.read(files.get(1));
    assertEquals(EventFile.SESSION_START, resumed.get(1).sessionStatus());
    assertEquals(11, resumed.get(1).step(), "the first step that the old file must not tell of");
    assertEquals(20, resumed.get(2).step());
  }

  @Test
  void a_new_file_comes_after_the_others_even_when_one_of_them_was_deleted() throws IOException {
    write(0);
    write(0);
    Files.delete(files().get(0));
    Path second = files().get(0);
    write(0);
    assertEquals(second, files().get(0));
    assertEquals(2, files().size());
  }

  @Test
  void the_test_reader_sees_a_flipped_bit() throws IOException {
    write(0, EpochMetricsSamples.epoch(1));
    byte[] bytes = Files.readAllBytes(only());
    bytes[bytes.length - 10] ^= 4;
    Files.write(only(), bytes);
    assertThrows(AssertionError.class, () -> EventFile.read(only()));
  }

  private void write(long lastStep, EpochMetrics... epochs) throws IOException {
    try (TensorBoardWriter writer = new TensorBoardWriter(folder, lastStep, CLOCK)) {
      for (EpochMetrics epoch : epochs) {
        writer.add(epoch);
      }
    }
  }

  private Path only() throws IOException {
    assertEquals(1, files().size());
    return files().get(0);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
