package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Device;
import dev.surprisal.loss.Projected;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import dev.surprisal.text.Tokens;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluatorTest {
  private static final int WINDOW = 1024;

  private final Device device = Device.cpu(2);

  @AfterEach
  void close_the_device() {
    device.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 500, WINDOW, WINDOW + 1, WINDOW + 2, 2 * WINDOW + 1, 2 * WINDOW + 300})
  void the_loss_is_the_oracles_wherever_windows_end(int length) {
    try (LanguageModel model = ModelSamples.model(device, "abcdefg", 5, 9)) {
      assertLossIsTheOracles(model, Samples.integers(length, length, 7));
    }
  }

  @Tag("long")
  @Test
  void a_large_vocabulary_takes_the_memory_of_a_few_rows_and_changes_nothing() {
    int size = (1 << 22) / 8;
    try (LanguageModel model =
        LanguageModel.create(device, ModelSamples.words(size), new ModelConfig(2, 2), 1)) {
      long before = device.memory().current();
      for (int length : new int[] {2, 9, 10, 19}) {
        assertLossIsTheOracles(model, Samples.integers(1, length, size));
      }
      long logits = Projected.DEFAULT_BYTES;
      assertTrue(device.memory().peak() - before < 1.01 * logits, device.memory().toString());
    }
  }

  private static void assertLossIsTheOracles(LanguageModel model, int[] text) {
    Evaluation evaluation = model.evaluate(Tokens.of(text));
    double expected = Arrays.stream(ModelSamples.surprisals(model, text)).average().orElseThrow();
    Tolerance.FLOAT32.assertClose("loss", expected, evaluation.loss());
    assertEquals(text.length - 1, evaluation.tokens());
  }

  @Test
  void one_character_is_no_surprise_to_a_model_that_knows_no_other() {
    try (LanguageModel model = ModelSamples.model(device, "a", 1, 1)) {
      assertEquals(new Evaluation(0, 3), model.evaluate(Tokens.of(0, 0, 0, 0)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_text_without_a_token_to_predict_is_refused(int length) {
    try (LanguageModel model = ModelSamples.model(device, "ab", 1, 1)) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> model.evaluate(Tokens.of(new int[length])));
      assertEquals(
          "a text has at least two tokens, one to read and one to predict; found " + length,
          refused.getMessage());
    }
  }

  @Test
  void perplexity_and_bits_per_character_follow_from_the_loss() {
    Evaluation evaluation = new Evaluation(2 * Math.log(2), 30);
    assertEquals(4, evaluation.perplexity(), 1e-12);
    assertEquals(2, evaluation.bitsPerCharacter(30), 1e-12);
    assertEquals(0.5, evaluation.bitsPerCharacter(120), 1e-12);
  }
}
