package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.device.cuda.EmulatedDevices;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.oracle.MarkovSource;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole of training on the CUDA device, as the host emulates it. */
class EmulatedTrainingTest {
  private static final int STEPS = 50;

  @TempDir Path folder;

  @BeforeEach
  void requireKernels() {
    assumeTrue(EmulatedDevices.present(), "the emulated kernel library is not loaded");
  }

  /** The reference: V = 100, E = H = 50, B = 32, T = 35. */
  @Test
  void the_reference_model_follows_the_losses_of_the_cpu() throws IOException {
    TrainingOptions options =
        TrainingOptions.builder().batch(32).window(35).learningRate(2e-3).steps(STEPS).build();
    String text =
        Arrays.stream(new MarkovSource(100, 1).generate(32 * 35 * STEPS + 32, 2))
            .mapToObj(symbol -> symbol == 0 ? "\n" : Character.toString(0x100 + symbol))
            .collect(Collectors.joining());
    try (Corpus corpus = SmallCorpus.withoutValidation(folder, text)) {
      assertEquals(100, corpus.vocabulary().size());
      ModelConfig sizes = new ModelConfig(50, 50);
      Map<Long, Double> expected = losses(Device.cpu(2), corpus, sizes, options, null);
      Map<Long, Double> found = losses(EmulatedDevices.open(), corpus, sizes, options, null);
      assertEquals(STEPS, found.size());
      expected.forEach(
          (step, loss) -> assertEquals(loss, found.get(step), 1e-5 * loss, "step " + step));
      assertTrue(found.get((long) STEPS) < 0.95 * found.get(1L), "it learns");
    }
  }

  @Test
  void a_run_that_was_stopped_and_resumed_has_the_losses_of_one_that_was_not() throws IOException {
    TrainingOptions options = SmallRun.options().build();
    try (Corpus corpus = SmallCorpus.markov(folder)) {
      Map<Long, Double> whole =
          losses(EmulatedDevices.open(), corpus, SmallRun.SIZES, options, null);
      Path run = folder.resolve("run");
      Map<Long, Double> parts =
          losses(EmulatedDevices.open(), corpus, SmallRun.SIZES, options, run, 20);
      parts.putAll(losses(EmulatedDevices.open(), corpus, SmallRun.SIZES, options, run));
      assertEquals(whole, parts);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cross-entropy:smoothing=0.1,z=1e-3,cap=5,chunk=7",
        "confidence-penalty",
        "focal",
        "unlikelihood:context=4",
        "sampled-softmax:samples=4",
        "nce:samples=4",
        "adaptive-softmax:cutoffs=2+4,div=2",
        "kl",
        "reverse-kl",
        "jensen-shannon"
      })
  void every_loss_is_followed_by_a_small_model_as_on_the_cpu(String loss) throws IOException {
    TrainingOptions options = SmallRun.options().steps(10).loss(LossSpec.parse(loss)).build();
    HeadConfig head = options.loss().head().orElse(HeadConfig.PROJECTION);
    ModelConfig sizes = new ModelConfig(5, 12, head);
    try (Corpus corpus = SmallCorpus.markov(folder)) {
      Map<Long, Double> expected = losses(Device.cpu(2), corpus, sizes, options, null);
      Map<Long, Double> found = losses(EmulatedDevices.open(), corpus, sizes, options, null);
      assertEquals(10, found.size());
      expected.forEach(
          (step, value) ->
              assertEquals(value, found.get(step), 1e-5 * Math.abs(value), "step " + step));
    }
  }

  /** By step; with a folder, the run is resumed there, and stopped after the given steps. */
  private static Map<Long, Double> losses(
      Device opened,
      Corpus corpus,
      ModelConfig sizes,
      TrainingOptions options,
      Path run,
      long... stops)
      throws IOException {
    try (Device device = opened;
        LanguageModel model = LanguageModel.create(device, corpus.vocabulary(), sizes, 1);
        LanguageModel teacher =
            LanguageModel.create(device, corpus.vocabulary(), new ModelConfig(3, 9), 2)) {
      Recorder recorder = new Recorder();
      Trainer trainer = new Trainer(model, corpus, options).listen(recorder).teacher(teacher);
      for (long stop : stops) {
        recorder.afterStep(stop, trainer::stop);
      }
      if (run != null) {
        trainer.folder(run).resume();
      }
      trainer.run();
      return recorder.losses;
    }
  }
}
