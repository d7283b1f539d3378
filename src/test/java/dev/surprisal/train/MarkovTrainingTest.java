package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.oracle.MarkovSource;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
class MarkovTrainingTest {
  private static final int SYMBOLS = 31;
  private static final int TRAIN = 400_000;
  private static final int VALID = 50_000;

  @TempDir Path texts;

  /** Losses whose minimum is where the model is the source. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cross-entropy",
        "cross-entropy:z=1e-4,chunk=100",
        "adaptive-softmax:cutoffs=8+16,div=2"
      })
  void training_on_a_source_of_known_entropy_comes_within_2_percent_of_it_and_not_below(String loss)
      throws IOException {
    check(loss, 1.02);
  }

  /** As many samples as there are classes still are a sample, which costs something. */
  @ParameterizedTest
  @CsvSource({"sampled-softmax:samples=31, 1.03", "nce:samples=31, 1.07"})
  void training_on_samples_of_the_vocabulary_comes_near_it(String loss, double factor)
      throws IOException {
    check(loss, factor);
  }

  private void check(String loss, double factor) throws IOException {
    MarkovSource source = new MarkovSource(SYMBOLS, 1);
    int[] valid = source.generate(VALID, 3);
    double[] surprisals = source.surprisals(valid);
    double mean = Arrays.stream(surprisals).average().orElseThrow();
    TrainingOptions options =
        TrainingOptions.builder()
            .batch(32)
            .window(32)
            .learningRate(4e-3)
            .epochs(4)
            .loss(LossSpec.parse(loss))
            .build();
    try (Corpus corpus =
            SmallCorpus.of(texts, characters(source.generate(TRAIN, 2)), characters(valid));
        Device device = Device.cpu();
        LanguageModel model =
            LanguageModel.create(device, corpus.vocabulary(), config(options), 1)) {
      double found = new Trainer(model, corpus, options).run().bestLoss();
      double error = MarkovSource.standardError(surprisals);
      String what = found + " on a text of " + mean + " ± " + error + ", " + source.entropyRate();
      assertTrue(found <= factor * source.entropyRate(), what);
      assertTrue(found <= factor * mean, what);
      assertTrue(found >= mean - error, what);
    }
  }

  private static ModelConfig config(TrainingOptions options) {
    return new ModelConfig(16, 64, options.loss().head().orElse(HeadConfig.PROJECTION));
  }

  private static String characters(int[] symbols) {
    return Arrays.stream(symbols)
        .mapToObj(symbol -> Character.toString('A' + symbol))
        .collect(Collectors.joining());
  }
}
