package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Real text, where it lies beside the repository. */
class TinyShakespeareTest {
  private static final Path TEXT =
      Path.of(System.getProperty("basedir", ""), "..", "shared", "data", "tinyshakespeare.txt");

  @Test
  void a_hundred_steps_learn_more_than_how_frequent_characters_are() throws IOException {
    assumeTrue(Files.exists(TEXT), () -> "there is no " + TEXT + " to train on");
    TrainingOptions options = TrainingOptions.builder().steps(100).build();
    try (Corpus corpus = Corpus.characters(TEXT);
        Device device = Device.cpu();
        LanguageModel model =
            LanguageModel.create(device, corpus.vocabulary(), new ModelConfig(64, 256), 1)) {
      assertEquals(65, corpus.vocabulary().size());
      double loss = new Trainer(model, corpus, options).run().bestLoss();
      assertTrue(loss < 2.2, "found " + loss);
    }
  }
}
