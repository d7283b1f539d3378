package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever ends a run, the checkpoint before goes on to what an uninterrupted run gives. */
class TrainerCrashTest {
  @TempDir Path texts;
  @TempDir Path parent;
  private Corpus corpus;
  private Path whole;
  private Path crashed;

  @BeforeEach
  void read_the_text() throws IOException {
    corpus = SmallCorpus.markov(texts);
    whole = parent.resolve("whole");
    crashed = parent.resolve("crashed");
  }

  @AfterEach
  void close_the_corpus() {
    corpus.close();
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "15, 0", "16, 15", "45, 30"})
  void a_run_that_fails_after_a_step_goes_on_from_the_epochs_start(long step, long checkpoint)
      throws IOException {
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, whole)) {
      run.train();
    }
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, crashed)) {
      run.recorder.afterStep(step, TrainerCrashTest::crash);
      assertThrows(IllegalStateException.class, run::train);
    }
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, crashed)) {
      assertEquals(checkpoint > 0, run.trainer.resume());
      run.train();
      assertEquals(45 - checkpoint, run.recorder.losses.size());
    }
    assertEquals(RunFiles.of(whole), RunFiles.of(crashed));
  }

  private static void crash() {
    throw new IllegalStateException("crash");
  }

  @Test
  void an_epochs_report_and_model_without_its_checkpoint_change_nothing() throws IOException {
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, whole)) {
      run.recorder
          .afterStep(16, () -> copy(List.of("trainer.safetensors")))
          .afterStep(31, () -> copy(List.of("metrics.jsonl", "model.safetensors", "vocab.json")));
      run.train();
    }
    try (SmallRun run = SmallRun.resumed(corpus, SmallRun.OPTIONS, crashed, 1)) {
      run.train();
      assertEquals(30, run.recorder.losses.size());
    }
    assertEquals(RunFiles.of(whole), RunFiles.of(crashed));
  }

  private void copy(Collection<String> names) {
    try {
      Files.createDirectories(crashed);
      for (String name : names) {
        Files.copy(whole.resolve(name), crashed.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, the loss became NaN at step 3; nothing was saved before; try",
    "17, the loss became NaN at step 19; the checkpoint of step 15 is kept in DIR; try",
    "29, the validation loss became NaN at step 30; the checkpoint of step 15 is kept in DIR; try",
    "44, the validation loss became NaN at step 45; the checkpoint of step 30 is kept in DIR; try"
  })
  void a_parameter_that_becomes_nan_ends_the_run_and_what_was_saved_goes_on(
      long poisoned, String message) throws IOException {
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, whole)) {
      run.train();
    }
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, crashed)) {
      run.poisonAfter(poisoned);
      NonFiniteLossException thrown = assertThrows(NonFiniteLossException.class, run::train);
      String expected = message.replace("DIR", crashed.toString());
      assertTrue(thrown.getMessage().startsWith(expected), thrown.getMessage());
      assertTrue(message.contains("step " + thrown.step()), thrown.getMessage());
    }
    boolean saved = poisoned > 15;
    if (saved) {
      try (Device device = Device.cpu(1);
          LanguageModel kept = LanguageModel.load(crashed, device)) {
        assertTrue(Double.isFinite(kept.evaluate(corpus.valid()).loss()));
      }
    }
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, crashed)) {
      assertEquals(saved, run.trainer.resume());
      run.train();
    }
    assertEquals(RunFiles.of(whole), RunFiles.of(crashed));
  }

  @Test
  void a_resumed_run_that_fails_names_the_checkpoint_that_it_came_from() throws IOException {
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, crashed).stopAfter(19)) {
      run.train();
    }
    try (SmallRun run = SmallRun.resumed(corpus, SmallRun.OPTIONS, crashed, 1)) {
      run.poisonAfter(21);
      NonFiniteLossException thrown = assertThrows(NonFiniteLossException.class, run::train);
      assertTrue(thrown.getMessage().contains("step 23; the checkpoint of step 20 is kept"));
    }
  }

  @Test
  void a_learning_rate_out_of_all_proportion_ends_the_run() throws IOException {
    for (boolean clips : new boolean[] {true, false}) {
      TrainingOptions options =
          TrainingOptions.builder()
              .batch(4)
              .window(8)
              .learningRate(1e38)
              .clip(clips ? 1 : 0)
              .build();
      try (SmallRun run = new SmallRun(corpus, options, null)) {
        NonFiniteLossException thrown = assertThrows(NonFiniteLossException.class, run::train);
        assertEquals(run.recorder.losses.size() + 1, thrown.step());
        assertTrue(thrown.getMessage().contains("the run has no folder"), thrown.getMessage());
      }
    }
  }

  @Test
  void parameters_that_the_last_step_made_infinite_are_not_saved() throws IOException {
    TrainingOptions options =
        TrainingOptions.builder().batch(4).window(8).learningRate(1e38).steps(1).build();
    try (Corpus silent = SmallCorpus.withoutValidation(texts, SmallCorpus.symbols(500, 1));
        SmallRun run = new SmallRun(silent, options, crashed)) {
      NonFiniteLossException thrown = assertThrows(NonFiniteLossException.class, run::train);
      assertEquals(1, thrown.step());
      assertTrue(thrown.getMessage().startsWith("a parameter is no"), thrown.getMessage());
      assertTrue(thrown.getMessage().contains("nothing was saved"), thrown.getMessage());
    }
    assertEquals(List.of(), savedFiles());
  }

  @Test
  void parameters_that_are_not_finite_are_not_saved_when_the_run_is_stopped() throws IOException {
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, crashed)) {
      run.poisonAfter(5).stopAfter(5);
      assertThrows(NonFiniteLossException.class, run::train);
    }
    assertEquals(List.of(), savedFiles());
  }

  private List<String> savedFiles() throws IOException {
    return RunFiles.bytes(crashed).keySet().stream()
        .filter(name -> name.endsWith(".safetensors"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"1500, model.safetensors", "2000, trainer.safetensors"})
  void a_full_disk_keeps_the_checkpoint_before(int kilobytes, String failing) throws IOException {
    // The first epoch's files take 1400 kB; beside them come the second's, 340 and 1020 kB.
    ModelConfig sizes = new ModelConfig(64, 256);
    Configuration disk = Configuration.unix().toBuilder().setMaxSize(kilobytes * 1000L).build();
    Files.createDirectories(crashed);
    try (var memory = Jimfs.newFileSystem(disk)) {
      Path folder = memory.getPath("run");
      try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder, sizes, 1, 1)) {
        IOException thrown = assertThrows(IOException.class, run::train);
        assertTrue(thrown.getMessage().contains(failing), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("still there"), thrown.getMessage());
      }
      for (Map.Entry<String, ByteBuffer> file : RunFiles.bytes(folder).entrySet()) {
        Files.write(crashed.resolve(file.getKey()), file.getValue().array());
      }
    }
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, crashed, sizes, 99, 1)) {
      run.trainer.resume();
      run.train();
      assertEquals(15, run.recorder.start.step());
    }
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, whole, sizes, 1, 1)) {
      run.train();
    }
    assertEquals(RunFiles.of(whole), RunFiles.of(crashed));
  }
}
