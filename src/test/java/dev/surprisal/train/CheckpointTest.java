package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.ModelConfig;
import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.Arena;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.io.SafeTensors;
import dev.surprisal.io.SafeTensorsFile;
import dev.surprisal.optim.AdamSpec;
import dev.surprisal.optim.OptimizerSpec;
import dev.surprisal.optim.Schedule;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final String FILE = "trainer.safetensors";

  @TempDir Path texts;
  @TempDir Path folder;
  private Corpus corpus;

  @BeforeEach
  void train_for_20_steps_of_15_an_epoch() throws IOException {
    corpus = SmallCorpus.markov(texts);
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder).stopAfter(19)) {
      assertEquals(20, run.train().steps());
    }
  }

  @AfterEach
  void close_the_corpus() {
    corpus.close();
  }

  static Stream<Arguments> otherOptions() {
    return Stream.of(
        Arguments.of("batch (4, now 5)", SmallRun.options().batch(5)),
        Arguments.of("window (8, now 7)", SmallRun.options().window(7)),
        Arguments.of("shuffled (false, now true)", SmallRun.options().shuffled(true)),
        Arguments.of("learning rate (0.005, now 0.006)", SmallRun.options().learningRate(6e-3)),
        Arguments.of("clipping norm (1.0, now 2.0)", SmallRun.options().clip(2)),
        Arguments.of("seed (1, now 2)", SmallRun.options().seed(2)));
  }

  @ParameterizedTest
  @MethodSource("otherOptions")
  void a_run_does_not_go_on_with_another_option(String name, TrainingOptions.Builder other)
      throws IOException {
    try (SmallRun run = SmallRun.resumed(corpus, other.build(), folder, 1)) {
      assertRefused(run, "another " + name, "with the same options and texts");
    }
  }

  @Test
  void a_run_does_not_go_on_with_another_text() throws IOException {
    String train = SmallCorpus.symbols(500, 1);
    String valid = SmallCorpus.symbols(60, 2);
    String otherEnd = train.substring(0, 499) + (train.endsWith("a") ? 'b' : 'a');
    assertRefusedWith(otherEnd, valid, "another training text (500 tokens, crc32c ");
    assertRefusedWith(train + "a", valid, "another training text (500 tokens, crc32c ");
    assertRefusedWith(train, valid + "a", "another validation text (60 tokens, crc32c ");
    assertRefusedWith(train.replace('a', 'A'), valid.replace('a', 'A'), "another vocabulary (");
  }

  private void assertRefusedWith(String train, String valid, String message) throws IOException {
    Path others = Files.createDirectories(texts.resolve("others"));
    try (Corpus other = SmallCorpus.of(others, train, valid);
        SmallRun run = SmallRun.resumed(other, SmallRun.OPTIONS, folder, 1)) {
      assertRefused(run, message, "with the same options and texts");
    }
  }

  @ParameterizedTest
  @CsvSource({"6, 12, embedding size (5; now 6)", "5, 11, hidden size (12; now 11)"})
  void a_run_does_not_go_on_with_a_model_of_another_size(int embed, int hidden, String name)
      throws IOException {
    ModelConfig sizes = new ModelConfig(embed, hidden);
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, folder, sizes, 1, 1)) {
      run.trainer.resume();
      assertRefused(run, "another " + name.replace(';', ','));
    }
  }

  @Test
  void a_file_cut_short_anywhere_is_refused() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve(FILE));
    for (int length = 0; length < whole.length; length += 1 + length / 4) {
      Files.write(folder.resolve(FILE), Arrays.copyOf(whole, length));
      assertRefused();
    }
  }

  @Test
  void a_file_with_any_bit_flipped_is_refused() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve(FILE));
    Random random = new Random(1);
    for (int flip = 0; flip < 40; flip++) {
      byte[] bytes = whole.clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(folder.resolve(FILE), bytes);
      assertRefused();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoch", "index", "step", "loss_sum", "best_loss", "batch"})
  void a_file_that_lacks_a_figure_is_refused(String key) throws IOException {
    rewrite(metadata -> metadata.remove(key), tensors -> {});
    assertRefused(key);
  }

  @ParameterizedTest
  @CsvSource({
    "step, many",
    "step, 21",
    "index, -10",
    "index, 6",
    "epoch, 2",
    "epoch, -1",
    "seconds, x"
  })
  void a_file_whose_figures_do_not_fit_together_is_refused(String key, String value)
      throws IOException {
    rewrite(metadata -> metadata.put(key, value), tensors -> {});
    assertRefused("is no checkpoint");
  }

  @Test
  @Timeout(60)
  void a_place_beyond_the_epochs_end_is_refused() throws IOException {
    rewrite(metadata -> metadata.putAll(Map.of("epoch", "0", "index", "20")), tensors -> {});
    assertRefused("is no checkpoint");
  }

  @ParameterizedTest
  @ValueSource(strings = {"state", "adam_step", "exp_avg.linear.bias", "parameter.linear.bias"})
  void a_file_that_lacks_a_tensor_is_refused(String name) throws IOException {
    rewrite(metadata -> {}, tensors -> tensors.remove(name));
    IOException refused;
    try (SmallRun run = SmallRun.resumed(corpus, SmallRun.OPTIONS, folder, 1)) {
      refused = assertThrows(IOException.class, run::train);
    }
    assertTrue(refused.getMessage().contains("expected a tensor '" + name), refused.getMessage());
  }

  @Test
  void a_file_older_than_an_option_has_its_default() throws IOException {
    rewrite(metadata -> metadata.remove("optimizer"), tensors -> {});
    TrainingOptions given = SmallRun.OPTIONS;
    AdamOptions constants = new AdamOptions(0.9, 0.99, 1e-8, 0, 1);
    OptimizerSpec other = new AdamSpec(new Schedule.Constant(5e-3), constants);
    try (SmallRun run =
        SmallRun.resumed(
            corpus,
            new TrainingOptions(given.batching(), other, given.stopping(), given.loss()),
            folder,
            1)) {
      assertRefused(
          run,
          "another optimizer (Adam, beta1 0.9, beta2 0.999",
          "now Adam, beta1 0.9, beta2 0.99,");
    }
    try (SmallRun run = SmallRun.resumed(corpus, given, folder, 1)) {
      assertEquals(45, run.train().steps());
    }
  }

  @Test
  void a_file_rewritten_without_a_change_is_taken() throws IOException {
    rewrite(metadata -> {}, tensors -> {});
    try (SmallRun run = SmallRun.resumed(corpus, SmallRun.OPTIONS, folder, 1)) {
      assertEquals(45, run.train().steps());
    }
  }

  private void rewrite(
      Consumer<Map<String, String>> changeMetadata, Consumer<Map<String, Tensor>> changeTensors)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Device device = Device.cpu(1);
        Arena arena = new Arena(device);
        SafeTensorsFile file = SafeTensorsFile.open(folder.resolve(FILE))) {
      for (String name : file.names()) {
        Tensor tensor = arena.allocate(file.type(name), file.shape(name).toArray());
        file.read(name, tensor);
        tensors.put(name, tensor);
      }
      Map<String, String> metadata = new LinkedHashMap<>(file.metadata());
      metadata.keySet().removeAll(List.of("format", "surprisal", "crc32c"));
      changeMetadata.accept(metadata);
      changeTensors.accept(tensors);
      SafeTensors.write(folder.resolve(FILE), tensors, metadata);
    }
  }

  private void assertRefused(String... messageParts) throws IOException {
    try (SmallRun run = SmallRun.resumed(corpus, SmallRun.OPTIONS, folder, 1)) {
      assertRefused(run, messageParts);
    }
  }

  /** Nothing in the folder changes, nor in the model. */
  private void assertRefused(SmallRun run, String... messageParts) throws IOException {
    Map<String, ByteBuffer> before = RunFiles.bytes(folder);
    float[] parameters = run.parameters();
    IOException refused = assertThrows(IOException.class, run::train);
    assertTrue(refused.getMessage().contains(FILE), refused.getMessage());
    for (String part : messageParts) {
      assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }
    assertArrayEquals(parameters, run.parameters());
    assertEquals(before, RunFiles.bytes(folder));
  }
}
