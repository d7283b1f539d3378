package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that do not begin. */
class TrainerRefusalTest {
  @TempDir Path texts;
  @TempDir Path folder;

  @Test
  void a_folder_that_holds_a_run_is_not_trained_into() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts)) {
      try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder)) {
        run.train();
      }
      Map<String, ByteBuffer> before = RunFiles.bytes(folder);
      try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder)) {
        IOException refused = assertThrows(IOException.class, run::train);
        assertEquals(
            folder + " holds a run already: resume it, or train into another folder",
            refused.getMessage());
      }
      assertEquals(before, RunFiles.bytes(folder));
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
    TrainingOptions options = SmallRun.options().patience(2).build();
    try (Corpus corpus = SmallCorpus.withoutValidation(texts, SmallCorpus.symbols(500, 1));
        Device device = Device.cpu(1);
        LanguageModel model =
            LanguageModel.create(device, corpus.vocabulary(), SmallRun.SIZES, 1)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> new Trainer(model, corpus, options));
      assertEquals(
          "a patience of 2 epochs needs a validation text: add one, or a split with a validation"
              + " part",
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
          "the model and the text have different vocabularies: create the model with the corpus's",
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
}
