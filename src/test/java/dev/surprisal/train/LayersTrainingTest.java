package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.ModelConfig;
import dev.surprisal.device.Cell;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.RecurrentConfig;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training of networks of two layers. */
class LayersTrainingTest {
  @TempDir Path texts;
  @TempDir Path parent;
  private Corpus corpus;

  @BeforeEach
  void read_the_text() throws IOException {
    corpus = SmallCorpus.markov(texts);
  }

  @AfterEach
  void close_the_corpus() {
    corpus.close();
  }

  private SmallRun run(int layers, float dropout, String folder, int threads) {
    ModelConfig config =
        new ModelConfig(
            5, new RecurrentConfig(Cell.TANH, 12, layers, dropout), HeadConfig.PROJECTION);
    return new SmallRun(corpus, SmallRun.OPTIONS, parent.resolve(folder), config, 1, threads);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.2f})
  void a_run_of_two_layers_learns_and_can_be_stopped_and_resumed_with_every_bit(float dropout)
      throws IOException {
    Map<Long, Double> whole;
    try (SmallRun run = run(2, dropout, "whole", 1)) {
      run.train();
      whole = run.recorder.losses;
      double first = run.recorder.epochs.get(0).validLoss();
      double last = run.recorder.epochs.get(2).validLoss();
      assertTrue(last < first, first + " to " + last);
    }
    Map<Long, Double> parts = new TreeMap<>();
    try (SmallRun run = run(2, dropout, "parts", 2).stopAfter(20)) {
      run.train();
      parts.putAll(run.recorder.losses);
    }
    try (SmallRun run = run(2, dropout, "parts", 3)) {
      run.trainer.resume();
      run.train();
      parts.putAll(run.recorder.losses);
    }
    assertEquals(whole, parts);
    assertEquals(RunFiles.of(parent.resolve("whole")), RunFiles.of(parent.resolve("parts")));
  }

  @Test
  void a_run_is_not_resumed_with_other_layers_or_dropout() throws IOException {
    try (SmallRun run = run(2, 0, "run", 1).stopAfter(3)) {
      run.train();
    }
    try (SmallRun run = run(1, 0, "run", 1)) {
      run.trainer.resume();
      String message = assertThrows(IOException.class, run::train).getMessage();
      assertTrue(message.contains("another number of layers (2, now 1)"), message);
    }
    try (SmallRun run = run(2, 0.5f, "run", 1)) {
      run.trainer.resume();
      String message = assertThrows(IOException.class, run::train).getMessage();
      assertTrue(message.contains("another dropout (0.0, now 0.5)"), message);
    }
  }
}
