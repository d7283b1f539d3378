package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  @TempDir Path texts;
  @TempDir Path parent;

  private Path folder() {
    return parent.resolve("runs").resolve("one");
  }

  @Test
  void a_run_tells_its_start_every_step_every_epoch_and_its_end() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder())) {
      TrainingResult result = run.train();
      List<String> expected = new ArrayList<>();
      long parameters = run.model.network().parameters().count();
      expected.add("start " + new TrainingStart(parameters, 15, 45, 0, 0));
      for (int step = 1; step <= 45; step++) {
        int epoch = (step + 14) / 15;
        expected.add("step " + step + " of epoch " + epoch);
        if (step % 15 == 0) {
          expected.add("epoch " + epoch + " at step " + step);
        }
      }
      expected.add("end " + result);
      assertEquals(expected, run.recorder.events);
      assertEquals(TrainingResult.End.COMPLETED, result.end());
      assertEquals(3, result.epochs());
      assertEquals(45, result.steps());
    }
  }

  @Test
  void an_epochs_figures_follow_from_its_steps() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, null)) {
      TrainingResult result = run.train();
      for (EpochMetrics epoch : run.recorder.epochs) {
        double mean =
            run.recorder.losses.entrySet().stream()
                .filter(step -> (step.getKey() + 14) / 15 == epoch.epoch())
                .mapToDouble(step -> step.getValue())
                .average()
                .orElseThrow();
        assertEquals(mean, epoch.trainLoss(), 1e-12);
        assertEquals(Math.exp(epoch.validLoss()), epoch.perplexity(), 1e-12);
        assertTrue(epoch.tokensPerSecond() >= 15 * 4 * 8 / epoch.seconds(), epoch.toString());
        assertTrue(epoch.seconds() > 0, epoch.toString());
      }
      assertEquals(
          run.recorder.epochs.get(2).validLoss(), run.model.evaluate(corpus.valid()).loss());
      assertEquals(
          run.recorder.epochs.stream().mapToDouble(EpochMetrics::validLoss).min().orElseThrow(),
          result.bestLoss());
      assertTrue(run.recorder.losses.get(45L) < 0.95 * run.recorder.losses.get(1L));
    }
  }

  @Test
  void an_epoch_is_told_before_its_checkpoint_and_the_end_after_it() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder())) {
      List<Boolean> exists = new ArrayList<>();
      run.recorder.atEpoch(epoch -> exists.add(Checkpoint.exists(folder())));
      run.train();
      assertEquals(List.of(false, true, true), exists);
    }
  }

  @Test
  void steps_end_a_run_in_the_middle_of_an_epoch() throws IOException {
    TrainingOptions options =
        TrainingOptions.builder().batch(4).window(8).epochs(9).steps(20).build();
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, options, folder())) {
      TrainingResult result = run.train();
      assertEquals(20, run.recorder.losses.size());
      assertEquals(
          List.of(15L, 20L), run.recorder.epochs.stream().map(EpochMetrics::step).toList());
      assertEquals(TrainingResult.End.COMPLETED, result.end());
      assertEquals(1, result.epochs());
      assertEquals(20, result.steps());
    }
  }

  @Test
  void without_validation_the_training_loss_counts_and_the_last_model_is_kept() throws IOException {
    try (Corpus corpus = SmallCorpus.withoutValidation(texts, SmallCorpus.symbols(500, 1));
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder())) {
      TrainingResult result = run.train();
      for (EpochMetrics epoch : run.recorder.epochs) {
        assertTrue(Double.isNaN(epoch.validLoss()));
        assertEquals(Math.exp(epoch.trainLoss()), epoch.perplexity(), 1e-12);
      }
      assertEquals(run.recorder.epochs.get(2).trainLoss(), result.bestLoss());
      assertArrayEquals(parameters(run.model), keptParameters());
    }
  }

  @Test
  void the_run_ends_when_validation_has_not_improved_for_the_patience() throws IOException {
    TrainingOptions options =
        TrainingOptions.builder()
            .batch(4)
            .window(8)
            .learningRate(2e-2)
            .epochs(100)
            .patience(3)
            .build();
    try (Corpus corpus = SmallCorpus.misleading(texts);
        SmallRun run = new SmallRun(corpus, options, folder())) {
      TrainingResult result = run.train();
      EpochMetrics best =
          run.recorder.epochs.stream()
              .min(Comparator.comparingDouble(EpochMetrics::validLoss))
              .orElseThrow();
      assertEquals(TrainingResult.End.CONVERGED, result.end());
      assertEquals(best.epoch() + 3, result.epochs());
      assertEquals(best.validLoss(), result.bestLoss());
      for (EpochMetrics epoch : run.recorder.epochs) {
        assertTrue(!epoch.best() || epoch.epoch() <= best.epoch(), epoch.toString());
      }
    }
  }

  @Test
  void the_model_that_is_kept_is_the_best_one_and_evaluates_to_the_best_loss() throws IOException {
    TrainingOptions options =
        TrainingOptions.builder().batch(4).window(8).learningRate(2e-2).epochs(6).build();
    try (Corpus corpus = SmallCorpus.misleading(texts);
        SmallRun run = new SmallRun(corpus, options, folder())) {
      TrainingResult result = run.train();
      try (LanguageModel kept = LanguageModel.load(folder(), run.device)) {
        assertEquals(result.bestLoss(), kept.evaluate(corpus.valid()).loss());
      }
      assertNotEquals(result.bestLoss(), run.model.evaluate(corpus.valid()).loss());
    }
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void another_thread_can_stop_a_run_which_is_saved() throws Exception {
    TrainingOptions options =
        TrainingOptions.builder().batch(4).window(8).epochs(10_000_000).build();
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, options, folder())) {
      CountDownLatch begun = new CountDownLatch(1);
      run.recorder.afterStep(3, begun::countDown);
      Thread stopper =
          new Thread(
              () -> {
                try {
                  begun.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                run.trainer.stop();
              });
      stopper.start();
      TrainingResult result = run.train();
      stopper.join();
      assertEquals(TrainingResult.End.STOPPED, result.end());
      assertEquals(run.recorder.losses.size(), result.steps());
      assertTrue(Checkpoint.exists(folder()));
      assertTrue(Files.exists(folder().resolve("model.safetensors")));
    }
  }

  @Test
  void a_run_stopped_in_its_first_epoch_keeps_the_model_it_has() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder()).stopAfter(4)) {
      assertEquals(TrainingResult.End.STOPPED, run.train().end());
      assertArrayEquals(parameters(run.model), keptParameters());
    }
  }

  @Test
  void a_folder_that_holds_a_run_is_not_trained_into() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts)) {
      try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder())) {
        run.train();
      }
      var before = RunFiles.bytes(folder());
      try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder())) {
        IOException refused = assertThrows(IOException.class, run::train);
        assertEquals(
            folder() + " holds a run already: resume it, or train into another folder",
            refused.getMessage());
      }
      assertEquals(before, RunFiles.bytes(folder()));
    }
  }

  @Test
  void a_text_that_does_not_fill_a_batch_is_refused() throws IOException {
    try (Corpus corpus = SmallCorpus.of(texts, "abcdefgh", "abc");
        Device device = Device.cpu(1);
        LanguageModel model =
            LanguageModel.create(device, corpus.vocabulary(), new ModelConfig(2, 2), 1)) {
      for (boolean shuffled : new boolean[] {false, true}) {
        TrainingOptions fits =
            TrainingOptions.builder().batch(7).window(1).shuffled(shuffled).build();
        assertEquals(TrainingResult.End.COMPLETED, new Trainer(model, corpus, fits).run().end());
        TrainingOptions tooLarge =
            TrainingOptions.builder().batch(2).window(4).shuffled(shuffled).build();
        IllegalArgumentException refused =
            assertThrows(
                IllegalArgumentException.class, () -> new Trainer(model, corpus, tooLarge));
        assertTrue(
            refused.getMessage().contains("8 tokens is too short for batch 2 and window 4"),
            refused.getMessage());
      }
    }
  }

  @Test
  void a_patience_without_a_validation_text_is_refused() throws IOException {
    TrainingOptions options = TrainingOptions.builder().batch(4).window(8).patience(2).build();
    try (Corpus corpus = SmallCorpus.withoutValidation(texts, SmallCorpus.symbols(500, 1));
        Device device = Device.cpu(1);
        LanguageModel model =
            LanguageModel.create(device, corpus.vocabulary(), SmallRun.SIZES, 1)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> new Trainer(model, corpus, options));
      assertEquals(
          "a patience of 2 epochs needs a validation text: give one, or a split that leaves some",
          refused.getMessage());
    }
  }

  @Test
  void a_model_of_another_vocabulary_than_the_texts_is_refused() throws IOException {
    Path otherTexts = Files.createDirectory(texts.resolve("other"));
    try (Corpus corpus = SmallCorpus.markov(texts);
        Corpus other = SmallCorpus.of(otherTexts, "tuvwxyz\n", "\nt");
        Device device = Device.cpu(1);
        LanguageModel model = LanguageModel.create(device, other.vocabulary(), SmallRun.SIZES, 1)) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> new Trainer(model, corpus, SmallRun.OPTIONS));
      assertEquals(
          "the model has another vocabulary than the text: create it with that of the corpus",
          refused.getMessage());
    }
  }

  @Test
  void a_run_without_a_folder_cannot_be_resumed() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, null)) {
      assertThrows(IllegalStateException.class, run.trainer::resume);
    }
  }

  @Test
  void a_run_gives_all_memory_but_the_models_back() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, null)) {
      run.train();
      long after = run.device.memory().current();
      new Trainer(run.model, corpus, SmallRun.OPTIONS).run();
      assertEquals(after, run.device.memory().current());
    }
  }

  private static float[] parameters(LanguageModel model) {
    return model.network().parameters().values().toFloats();
  }

  private float[] keptParameters() throws IOException {
    try (Device device = Device.cpu(1);
        LanguageModel kept = LanguageModel.load(folder(), device)) {
      return parameters(kept);
    }
  }

  @Test
  void a_run_that_was_stopped_before_it_began_takes_no_step() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder())) {
      run.trainer.stop();
      TrainingResult result = run.train();
      assertEquals(TrainingResult.End.STOPPED, result.end());
      assertEquals(0, result.steps());
      assertFalse(Checkpoint.exists(folder()));
    }
  }
}
