package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.ModelConfig;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingMemoryTest {
  private static final long FLOAT = 4;

  /** Parameters, gradients and Adam's two moments. */
  private static final long ARRAYS = 4;

  @TempDir Path texts;

  @ParameterizedTest
  @CsvSource({
    "parameters dominate, 100, 400, 2, 4",
    "the embedding dominates, 5000, 4, 4, 8",
    "activations dominate, 32, 32, 4, 100",
    "a long window, 64, 64, 1, 400"
  })
  void training_takes_1_2_times_its_four_arrays_and_the_activations(
      String what, int embed, int hidden, int batch, int window) throws IOException {
    TrainingOptions options =
        TrainingOptions.builder().batch(batch).window(window).epochs(1).build();
    try (Corpus corpus = SmallCorpus.markov(texts);
        SmallRun run = new SmallRun(corpus, options, null, new ModelConfig(embed, hidden), 1, 2)) {
      run.train();
      long vocabulary = corpus.vocabulary().size();
      long validated = corpus.valid().size() - 1;
      long arrays = ARRAYS * FLOAT * run.model.network().parameters().count();
      long activations =
          FLOAT * training(batch, batch * (long) window, vocabulary, embed, hidden)
              + FLOAT * evaluation(validated, vocabulary, embed, hidden);
      long peak = run.device.memory().peak();
      String found = what + ": " + peak + " with 4 × " + arrays / ARRAYS + " + " + activations;
      assertTrue(peak <= 1.2 * arrays + activations, found);
      assertTrue(peak >= arrays + activations, found);
    }
  }

  /**
   * Counts what a step of training holds: for each token its id, target and loss, its embedding and
   * the gradient of that, its hidden state, the reserve, the gradient of the hidden state and the
   * state before, and its logits, which their gradient replaces; for each row its first and its
   * last state.
   */
  private static long training(long rows, long tokens, long vocabulary, long embed, long hidden) {
    return tokens * (3 + 2 * embed + 4 * hidden + vocabulary) + rows * 2 * hidden;
  }

  /** Counts what validation holds besides, for up to 1024 tokens: no gradients, one state more. */
  private static long evaluation(long tokens, long vocabulary, long embed, long hidden) {
    return tokens * (3 + embed + 2 * hidden + vocabulary) + 3 * hidden;
  }
}
