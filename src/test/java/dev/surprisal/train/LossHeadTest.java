package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loss needs a last layer that fits it. */
class LossHeadTest {
  private static final HeadConfig ADAPTIVE = new HeadConfig.Adaptive(List.of(2), 2, false);
  private static final String LOSS = "adaptive-softmax:cutoffs=2,div=2";

  @TempDir Path texts;

  @Test
  void an_adaptive_softmax_is_asked_for_by_its_loss_alone() {
    assertEquals(Optional.of(ADAPTIVE), ((TokenLossSpec) LossSpec.parse(LOSS)).head());
    assertEquals(Optional.empty(), LossSpec.CROSS_ENTROPY.head());
  }

  @Test
  void a_loss_that_does_not_fit_the_last_layer_is_refused() throws IOException {
    assertEquals(
        "the loss cross-entropy takes a model with a projection, found one with an adaptive softmax"
            + " with cutoffs 2, div 2.0",
        refused("cross-entropy", ADAPTIVE));
    assertEquals(
        "the loss focal takes a model with a projection, found one with an adaptive softmax with"
            + " cutoffs 2, div 2.0",
        refused("focal", ADAPTIVE));
    assertEquals(
        "the loss adaptive-softmax takes a model with an adaptive softmax with cutoffs 2, div 2.0,"
            + " found one with a projection",
        refused(LOSS, HeadConfig.PROJECTION));
    assertEquals(
        "the loss adaptive-softmax takes a model with an adaptive softmax with cutoffs 1, div 2.0"
            + " and a bias, found one with an adaptive softmax with cutoffs 2, div 2.0",
        refused("adaptive-softmax:cutoffs=1,div=2,bias=true", ADAPTIVE));
  }

  private String refused(String loss, HeadConfig head) throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts);
        Device device = Device.cpu(1);
        LanguageModel model =
            LanguageModel.create(device, corpus.vocabulary(), new ModelConfig(12, 12, head), 1)) {
      TrainingOptions options = SmallRun.options().loss(LossSpec.parse(loss)).build();
      Trainer trainer = new Trainer(model, corpus, options);
      return assertThrows(IllegalArgumentException.class, trainer::run).getMessage();
    }
  }
}
