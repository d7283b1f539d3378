package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.Device;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.text.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageModelTest {
  private static final Tokens TEXT = Tokens.of(1, 2, 3, 0, 2, 1, 1, 4, 0, 3);

  private final Device device = Device.cpu(2);

  @AfterEach
  void close_the_device() {
    device.close();
  }

  @Test
  void the_seed_decides_the_parameters() {
    float[] first = values(1);
    assertArrayEquals(first, values(1));
    assertNotEquals(List.of(first[0], first[1]), List.of(values(2)[0], values(2)[1]));
  }

  private float[] values(long seed) {
    try (LanguageModel model =
        LanguageModel.create(
            device, ModelSamples.characters("\nabcd"), new ModelConfig(3, 4), seed)) {
      return model.network().parameters().values().toFloats();
    }
  }

  @Test
  void a_saved_model_comes_back_to_the_last_bit_and_computes_the_same(@TempDir Path folder)
      throws IOException {
    try (LanguageModel model = ModelSamples.model(device, "\nabcd", 3, 7)) {
      model.save(folder);
      try (LanguageModel loaded = LanguageModel.load(folder, device)) {
        assertEquals(model.vocabulary(), loaded.vocabulary());
        assertEquals(model.config(), loaded.config());
        assertArrayEquals(
            model.network().parameters().values().toFloats(),
            loaded.network().parameters().values().toFloats());
        assertEquals(model.evaluate(TEXT), loaded.evaluate(TEXT));
        assertEquals(
            model.generate("a", 50, SampleOptions.DEFAULT, 1),
            loaded.generate("a", 50, SampleOptions.DEFAULT, 1));
        assertEquals(
            model.score(List.of("abc")).get(0).logProbability(),
            loaded.score(List.of("abc")).get(0).logProbability());
      }
    }
  }

  @Test
  void using_a_model_keeps_no_memory_but_its_own() {
    try (LanguageModel model = ModelSamples.model(device, "\nabcd", 3, 7)) {
      use(model);
      long afterFirst = device.memory().current();
      use(model);
      assertEquals(afterFirst, device.memory().current());
    }
  }

  private static void use(LanguageModel model) {
    model.evaluate(TEXT);
    model.generate("ab", 3, SampleOptions.DEFAULT, 1);
    model.score(List.of("abc", ""));
  }

  @Test
  void a_closed_model_gives_all_its_memory_back() {
    ModelSamples.model(device, "\nabcd", 3, 7).close();
    assertEquals(0, device.memory().current());
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "-1, 5", "1048577, 1", "1, 1048577"})
  void sizes_below_1_and_above_2_to_the_20_are_refused(int embed, int hidden) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new ModelConfig(embed, hidden));
    assertEquals(
        hidden < 1
            ? "a recurrent network has a hidden size of 1 or more and 1 to 8 layers, found hidden"
                + " size "
                + hidden
                + ", layers 1"
            : "embedding and hidden size are 1 to 1048576, found " + embed + " and " + hidden,
        refused.getMessage());
  }
}
