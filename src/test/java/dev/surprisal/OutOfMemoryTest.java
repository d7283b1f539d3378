package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.Tokens;
import dev.surprisal.train.Trainer;
import dev.surprisal.train.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whichever tensor finds no room, those before it are given back. */
class OutOfMemoryTest {
  private final FailingDevice device = new FailingDevice();

  @AfterEach
  void close_the_device() {
    device.close();
  }

  /** Something that allocates. */
  @FunctionalInterface
  interface Use {
    void run() throws IOException;
  }

  private void assertNothingStays(int tensors, Use use) throws IOException {
    use.run();
    long before = device.memory().current();
    int failures = 0;
    for (boolean done = false; !done; ) {
      device.failAfter(failures);
      try {
        use.run();
        done = true;
      } catch (DeviceOutOfMemoryException full) {
        assertEquals(before, device.memory().current(), "after " + failures + " tensors");
        failures++;
      }
    }
    device.failAfter(Long.MAX_VALUE);
    assertTrue(failures >= tensors, "only " + failures + " tensors are allocated");
  }

  @Test
  void a_model_that_cannot_be_made_or_loaded_leaves_nothing(@TempDir Path folder)
      throws IOException {
    assertNothingStays(2, () -> ModelSamples.model(device, "\nabc", 2, 3).close());
    try (LanguageModel model = ModelSamples.model(device, "\nabc", 2, 3)) {
      model.save(folder);
    }
    assertNothingStays(2, () -> LanguageModel.load(folder, device).close());
  }

  @Test
  void using_a_model_leaves_nothing() throws IOException {
    try (LanguageModel model = ModelSamples.model(device, "\nabc", 2, 3)) {
      assertNothingStays(9, () -> model.evaluate(Tokens.of(0, 1, 2, 3)));
      assertNothingStays(6, () -> model.generate("a", 2, SampleOptions.DEFAULT, 1));
      assertNothingStays(8, () -> model.score(List.of("abc", "")));
    }
  }

  @Test
  void training_leaves_nothing(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "abc\n".repeat(20));
    TrainingOptions options = TrainingOptions.builder().batch(2).window(3).steps(2).build();
    try (Corpus corpus = Corpus.characters(text);
        LanguageModel model =
            LanguageModel.create(device, corpus.vocabulary(), new ModelConfig(2, 3), 1)) {
      assertNothingStays(20, () -> new Trainer(model, corpus, options).run());
    }
  }
}
