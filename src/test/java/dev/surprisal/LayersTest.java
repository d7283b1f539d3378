package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Cell;
import dev.surprisal.device.Device;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.RecurrentConfig;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import dev.surprisal.text.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model of several recurrent layers does all that a model of one does. */
class LayersTest {
  private static final ModelConfig CONFIG =
      new ModelConfig(5, new RecurrentConfig(Cell.TANH, 9, 3, 0.25f), HeadConfig.PROJECTION);

  private final Device device = Device.cpu(2);
  private LanguageModel model;
  @TempDir Path folder;

  @BeforeEach
  void create_a_model_of_three_layers() {
    model = LanguageModel.create(device, ModelSamples.characters("\nabcdef"), CONFIG, 1);
  }

  @AfterEach
  void close_model_and_device() {
    model.close();
    device.close();
  }

  @Test
  void the_loss_of_a_text_of_several_windows_is_the_oracles() {
    int[] text = Samples.integers(1, 2 * 1024 + 300, 7);
    double expected = Arrays.stream(ModelSamples.surprisals(model, text)).average().orElseThrow();
    Tolerance.FLOAT32.assertClose("loss", expected, model.evaluate(Tokens.of(text)).loss());
  }

  @Test
  void scores_of_lines_longer_than_a_window_are_the_oracles() {
    String line = "abcdef".repeat(12);
    Score score = model.score(List.of("", line)).get(1);
    int[] ids = model.vocabulary().encode("\n" + line + "\n");
    double expected = -Arrays.stream(ModelSamples.surprisals(model, ids)).sum();
    Tolerance.FLOAT32.assertClose("score", expected, score.logProbability());
  }

  @Test
  void a_saved_model_is_loaded_with_every_bit_and_layer() throws IOException {
    model.save(folder);
    assertEquals(
        "{\"format\":1,\"level\":\"char\",\"embed\":5,\"hidden\":9,\"layers\":3,\"dropout\":0.25}",
        Files.readString(folder.resolve("config.json")).replaceAll("\\s", ""));
    try (LanguageModel loaded = LanguageModel.load(folder, device)) {
      assertEquals(CONFIG, loaded.config());
      assertArrayEquals(
          model.network().parameters().values().toFloats(),
          loaded.network().parameters().values().toFloats());
      assertEquals(
          model.generate("ab", 30, SampleOptions.DEFAULT, 3),
          loaded.generate("ab", 30, SampleOptions.DEFAULT, 3));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "9, 'found hidden size 9, layers 9'",
    "0, 'found hidden size 9, layers 0'",
    "2.5, '\"layers\", found 2.5'",
    "null, '\"layers\", found null'",
    "4, 'expected a tensor rnn.weight_ih_l3'"
  })
  void a_damaged_number_of_layers_is_refused(String layers, String message) throws IOException {
    model.save(folder);
    Path config = folder.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"layers\" : 3", "\"layers\" : " + layers));
    IOException refused = assertThrows(IOException.class, () -> LanguageModel.load(folder, device));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void a_cell_that_does_not_exist_is_refused_and_the_name_of_the_tanh_cell_is_accepted()
      throws IOException {
    model.save(folder);
    Path config = folder.resolve("config.json");
    String saved = Files.readString(config);
    Files.writeString(config, saved.replace("\"layers\"", "\"cell\" : \"rnn\", \"layers\""));
    LanguageModel.load(folder, device).close();
    Files.writeString(config, saved.replace("\"layers\"", "\"cell\" : \"lstn\", \"layers\""));
    IOException refused = assertThrows(IOException.class, () -> LanguageModel.load(folder, device));
    assertTrue(
        refused.getMessage().endsWith("expected a cell of rnn, found \"lstn\""),
        refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"true, found true", "1.5, found 1.5 with 3 layers", "-1, found -1.0 with 3 layers"})
  void a_damaged_dropout_is_refused(String dropout, String message) throws IOException {
    model.save(folder);
    Path config = folder.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"dropout\" : 0.25", "\"dropout\" : " + dropout));
    IOException refused = assertThrows(IOException.class, () -> LanguageModel.load(folder, device));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }
}
