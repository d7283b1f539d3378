package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Device;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.text.UnknownTokenException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
  private static final SampleOptions GREEDY = new SampleOptions(0, 0, 1);
  private static final SampleOptions BEST_OF_ONE = new SampleOptions(1, 1, 1);

  private final Device device = Device.cpu(2);
  private final LanguageModel model = ModelSamples.model(device, "\nabcdefghij", 8, 16);

  @AfterEach
  void close_model_and_device() {
    model.close();
    device.close();
  }

  @Test
  void the_seed_decides_the_text() {
    String text = model.generate("abc", 100, SampleOptions.DEFAULT, 5);
    assertEquals(100, text.length());
    assertEquals(text, model.generate("abc", 100, SampleOptions.DEFAULT, 5));
    assertNotEquals(text, model.generate("abc", 100, SampleOptions.DEFAULT, 6));
  }

  @Test
  void a_longer_text_begins_as_the_shorter_one() {
    String text = model.generate("abc", 100, SampleOptions.DEFAULT, 5);
    assertEquals(text.substring(0, 40), model.generate("abc", 40, SampleOptions.DEFAULT, 5));
  }

  @Test
  void every_token_is_drawn_anew() {
    model.network().parameters().value("linear.weight").zero();
    model.network().parameters().value("linear.bias").zero();
    String text = model.generate("a", 500, SampleOptions.DEFAULT, 1);
    assertEquals(11, text.chars().distinct().count(), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "jihg", "\n\na"})
  void temperature_0_takes_the_most_probable_token_at_every_place(String prompt) {
    String expected = mostProbable(prompt, 30);
    assertEquals(expected, model.generate(prompt, 30, GREEDY, 1));
    assertEquals(expected, model.generate(prompt, 30, BEST_OF_ONE, 2));
  }

  /** By the oracle, which reads the whole text again for each token. */
  private String mostProbable(String prompt, int length) {
    int[] text = model.vocabulary().encode(prompt);
    int size = model.vocabulary().size();
    for (int i = 0; i < length; i++) {
      double[] all = ModelSamples.logits(model, text);
      double[] last = Arrays.copyOfRange(all, all.length - size, all.length);
      int best = 0;
      for (int v = 1; v < size; v++) {
        best = last[v] > last[best] ? v : best;
      }
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = best;
    }
    return model.vocabulary().decode(text).substring(prompt.length());
  }

  @Test
  void without_a_prompt_the_text_begins_after_a_line_end() {
    for (long seed = 0; seed < 5; seed++) {
      assertEquals(
          model.generate("\n", 20, SampleOptions.DEFAULT, seed),
          model.generate("", 20, SampleOptions.DEFAULT, seed));
    }
  }

  @Test
  void without_a_prompt_and_a_line_end_there_is_nothing_to_begin_after() {
    try (LanguageModel other = ModelSamples.model(device, "ab", 2, 2)) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> other.generate("", 1, SampleOptions.DEFAULT, 1));
      assertEquals(
          "this model has seen no line end to begin after: give a prompt", refused.getMessage());
      assertEquals(3, other.generate("a", 3, SampleOptions.DEFAULT, 1).length());
    }
  }

  @Test
  void words_are_separated_and_line_ends_end_lines() {
    try (LanguageModel words =
        LanguageModel.create(device, ModelSamples.words(5), new ModelConfig(4, 4), 1)) {
      String text = words.generate("w2 w3", 200, SampleOptions.DEFAULT, 1);
      assertTrue(text.contains("\n") && text.contains(" "), text);
      assertEquals(200, words.vocabulary().encode(text).length);
    }
  }

  @Test
  void a_character_outside_the_vocabulary_is_refused_by_name() {
    UnknownTokenException refused =
        assertThrows(
            UnknownTokenException.class, () -> model.generate("abz", 1, SampleOptions.DEFAULT, 1));
    assertTrue(refused.getMessage().startsWith("'z'"), refused.getMessage());
  }

  @Test
  void a_length_of_0_gives_nothing_and_a_negative_one_is_refused() {
    assertEquals("", model.generate("abc", 0, SampleOptions.DEFAULT, 1));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> model.generate("abc", -1, SampleOptions.DEFAULT, 1));
    assertEquals("a length is 0 or more, found -1", refused.getMessage());
  }
}
