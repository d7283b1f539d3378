package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.Tokens;
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
  void who_wants_to_hear_of_epochs_hears_of_nothing_else() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, null)) {
      List<EpochMetrics> heard = new ArrayList<>();
      run.trainer.onEpoch(heard::add);
      run.train();
      assertEquals(run.recorder.epochs, heard);
    }
  }

  /** A learning rate that moves no float: losses are those of the model as it was made. */
  private static TrainingOptions.Builder withoutLearning() {
    return SmallRun.options().learningRate(1e-30).epochs(2);
  }

  @Test
  void the_state_is_carried_from_window_to_window_and_zero_when_an_epoch_begins()
      throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, withoutLearning().batch(1).build(), null)) {
      run.train();
      double expected = run.model.evaluate(corpus.train().slice(0, 62 * 8 + 1)).loss();
      for (EpochMetrics epoch : run.recorder.epochs) {
        assertEquals(expected, epoch.trainLoss(), 1e-5);
      }
    }
  }

  @Test
  void gradients_are_clipped_at_the_norm_and_not_below_it() throws IOException {
    List<List<Double>> losses = new ArrayList<>();
    try (Corpus corpus = SmallCorpus.markov(texts)) {
      for (double clip : new double[] {0, 1e6, 0.05}) {
        TrainingOptions options = SmallRun.options().clip(clip).build();
        try (SmallRun run = new SmallRun(corpus, options, null)) {
          run.train();
          losses.add(List.copyOf(run.recorder.losses.values()));
        }
      }
    }
    assertEquals(losses.get(0), losses.get(1));
    assertNotEquals(losses.get(0), losses.get(2));
  }

  @Test
  void shuffled_windows_each_begin_with_a_zero_state() throws IOException {
    TrainingOptions options = withoutLearning().batch(1).shuffled(true).build();
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, options, null)) {
      run.train();
      double expected = 0;
      for (int window = 0; window < 62; window++) {
        Tokens text = corpus.train().slice(window * 8, window * 8 + 9);
        expected += run.model.evaluate(text).loss() / 62;
      }
      for (EpochMetrics epoch : run.recorder.epochs) {
        assertEquals(expected, epoch.trainLoss(), 1e-5);
      }
      List<Double> losses = List.copyOf(run.recorder.losses.values());
      assertNotEquals(losses.subList(0, 62), losses.subList(62, 124));
    }
  }

  @Test
  void steps_end_a_run_in_the_middle_of_an_epoch() throws IOException {
    TrainingOptions options = SmallRun.options().epochs(9).steps(20).build();
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
    TrainingOptions erratic = SmallRun.options().learningRate(0.3).epochs(2).build();
    try (Corpus corpus = SmallCorpus.withoutValidation(texts, SmallCorpus.symbols(500, 1));
        SmallRun run = new SmallRun(corpus, erratic, folder())) {
      TrainingResult result = run.train();
      assertFalse(run.recorder.epochs.get(1).best(), run.recorder.epochs.toString());
      for (EpochMetrics epoch : run.recorder.epochs) {
        assertTrue(Double.isNaN(epoch.validLoss()));
        assertEquals(Math.exp(epoch.trainLoss()), epoch.perplexity(), 1e-12);
      }
      assertEquals(
          run.recorder.epochs.stream().mapToDouble(EpochMetrics::trainLoss).min().orElseThrow(),
          result.bestLoss());
      assertArrayEquals(parameters(run.model), keptParameters());
    }
  }

  @Test
  void the_run_ends_when_validation_has_not_improved_for_the_patience() throws IOException {
    TrainingOptions options = SmallRun.options().learningRate(2e-2).epochs(100).patience(3).build();
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
    TrainingOptions options = SmallRun.options().learningRate(2e-2).epochs(6).build();
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
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void another_thread_can_stop_a_run_which_is_saved() throws Exception {
    TrainingOptions options = SmallRun.options().epochs(10_000_000).build();
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

  @Test
  void a_run_stopped_in_its_first_epoch_keeps_the_model_it_has() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder()).stopAfter(4)) {
      assertEquals(TrainingResult.End.STOPPED, run.train().end());
      assertArrayEquals(parameters(run.model), keptParameters());
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
}
