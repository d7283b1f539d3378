package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import dev.surprisal.io.SafeTensors;
import dev.surprisal.io.SafeTensorsFile;
import dev.surprisal.text.Tokenizers;
import dev.surprisal.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFolderTest {
  private static final String CONFIG = "config.json";
  private static final String VOCABULARY = "vocab.json";
  private static final String WEIGHTS = "model.safetensors";

  private static final Map<String, Shape> SHAPES =
      Map.of(
          "embedding.weight", Shape.of(5, 3),
          "rnn.weight_ih_l0", Shape.of(4, 3),
          "rnn.weight_hh_l0", Shape.of(4, 4),
          "rnn.bias_ih_l0", Shape.of(4),
          "rnn.bias_hh_l0", Shape.of(4),
          "linear.weight", Shape.of(5, 4),
          "linear.bias", Shape.of(5));
  private static final Set<String> NAMES = SHAPES.keySet();

  private final Device device = Device.cpu(1);
  @TempDir Path parent;
  private Path folder;
  private float[] values;

  @BeforeEach
  void save_a_model_of_5_tokens_embedding_3_hidden_4() throws IOException {
    folder = parent.resolve("runs").resolve("one");
    try (LanguageModel model = ModelSamples.model(device, "\nabcd", 3, 4)) {
      model.save(folder);
      values = model.network().parameters().values().toFloats();
    }
  }

  @AfterEach
  void close_the_device() {
    device.close();
  }

  @Test
  void names_and_shapes_are_pytorchs() throws IOException {
    try (SafeTensorsFile file = SafeTensorsFile.open(folder.resolve(WEIGHTS))) {
      assertEquals(NAMES, file.names());
      for (String name : NAMES) {
        assertEquals(SHAPES.get(name), file.shape(name), name);
        assertEquals(DType.FLOAT32, file.type(name), name);
      }
      assertEquals("pt", file.metadata().get("format"));
    }
  }

  @Test
  void config_and_vocabulary_are_plain_json() throws IOException {
    assertEquals(
        "{\"format\":1,\"level\":\"char\",\"embed\":3,\"hidden\":4}", withoutSpaces(CONFIG));
    assertEquals("{\"\\n\":0,\"a\":1,\"b\":2,\"c\":3,\"d\":4}", withoutSpaces(VOCABULARY));
  }

  private String withoutSpaces(String file) throws IOException {
    return Files.readString(folder.resolve(file)).replaceAll("\\s", "");
  }

  @Test
  void saving_again_replaces_the_model_and_leaves_no_other_file() throws IOException {
    try (LanguageModel other =
        LanguageModel.create(device, ModelSamples.characters("xyz"), new ModelConfig(2, 2), 7)) {
      other.save(folder);
      try (LanguageModel loaded = LanguageModel.load(folder, device)) {
        assertEquals(other.vocabulary(), loaded.vocabulary());
        assertArrayEquals(
            other.network().parameters().values().toFloats(),
            loaded.network().parameters().values().toFloats());
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(3, files.count());
    }
  }

  @Test
  void weights_of_another_program_need_no_checksum_of_the_vocabulary() throws IOException {
    rewriteWeights(tensors -> {});
    try (LanguageModel loaded = LanguageModel.load(folder, device)) {
      assertArrayEquals(values, loaded.network().parameters().values().toFloats());
    }
  }

  @Test
  void weights_without_one_of_the_tensors_are_refused() throws IOException {
    for (String name : NAMES) {
      rewriteWeights(tensors -> tensors.remove(name));
      assertRefused(WEIGHTS, "expected a tensor", name);
    }
  }

  @Test
  void weights_with_a_tensor_of_another_shape_are_refused() throws IOException {
    for (String name : NAMES) {
      rewriteWeights(tensors -> tensors.compute(name, (n, t) -> t.view(1, t.elements())));
      assertRefused(WEIGHTS, name, "found");
    }
  }

  private void rewriteWeights(Consumer<Map<String, Tensor>> change) throws IOException {
    try (Device other = Device.cpu(1);
        LanguageModel model = ModelSamples.model(other, "\nabcd", 3, 4)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      NAMES.forEach(name -> tensors.put(name, model.network().parameters().value(name)));
      change.accept(tensors);
      SafeTensors.write(folder.resolve(WEIGHTS), tensors, Map.of());
    }
  }

  /** Something that happens to a model's folder. */
  @FunctionalInterface
  interface Damage {
    void to(Path folder) throws IOException;
  }

  private static Arguments damage(String name, Damage damage, String... messageParts) {
    return Arguments.of(Named.of(name, damage), messageParts);
  }

  private static Arguments replaced(String in, String what, String by, String... messageParts) {
    return damage(
        in + ": " + what + " becomes " + by,
        folder -> {
          Path file = folder.resolve(in);
          String text = Files.readString(file);
          assertTrue(text.contains(what), text);
          Files.writeString(file, text.replace(what, by));
        },
        messageParts);
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        damage("no folder", ModelFolderTest::delete, "one is not a folder"),
        damage("no config.json", folder -> Files.delete(folder.resolve(CONFIG)), CONFIG),
        damage("no vocab.json", folder -> Files.delete(folder.resolve(VOCABULARY)), VOCABULARY),
        damage("no weights", folder -> Files.delete(folder.resolve(WEIGHTS)), WEIGHTS),
        replaced(CONFIG, "\"format\" : 1", "\"format\" : 2", CONFIG, "format 1, found 2"),
        replaced(CONFIG, "\"format\" : 1,", "", CONFIG, "\"format\", found null"),
        replaced(CONFIG, "\"char\"", "\"byte\"", "level \"byte\"", "char or word"),
        replaced(CONFIG, "\"char\"", "\"word\"", "vocabulary"),
        replaced(CONFIG, "\"level\" : \"char\",", "", "level"),
        replaced(CONFIG, "\"embed\" : 3,", "", CONFIG, "\"embed\", found null"),
        replaced(CONFIG, "\"embed\" : 3", "\"embed\" : 3.5", CONFIG, "\"embed\", found 3.5"),
        replaced(CONFIG, "\"embed\" : 3", "\"embed\" : \"3\"", CONFIG, "\"embed\", found \"3\""),
        replaced(CONFIG, "\"embed\" : 3", "\"embed\" : 0", "1 to 1048576, found 0 and 4"),
        replaced(CONFIG, "\"embed\" : 3", "\"embed\" : 2000000000", "found 2000000000 and 4"),
        replaced(CONFIG, "\"embed\" : 3", "\"embed\" : 1048576", "[5, 1048576]", "found [5, 3]"),
        replaced(CONFIG, "\"hidden\" : 4", "\"hidden\" : 99999999999", "found 99999999999"),
        replaced(CONFIG, "\"hidden\" : 4", "\"hidden\" : 1048576", "found [4, 3]"),
        replaced(CONFIG, "\"hidden\" : 4", "\"hidden\" : -4", "found hidden size -4"),
        replaced(CONFIG, "}", "", CONFIG, "not valid JSON"),
        replaced(VOCABULARY, "\"d\" : 4", "\"d\" : 3", "both have id 3"),
        replaced(VOCABULARY, "\"d\" : 4", "\"d\" : 5", "has id 5"),
        replaced(VOCABULARY, "\"d\" : 4", "\"d\" : null", VOCABULARY, "found null"),
        replaced(VOCABULARY, "\"d\"", "\"c\"", VOCABULARY, "Duplicate"),
        replaced(VOCABULARY, "\"d\"", "\"dd\"", "not one character"),
        replaced(VOCABULARY, "\"d\"", "\"e\"", WEIGHTS, "another vocabulary", "restore"),
        replaced(VOCABULARY, "\"d\" : 4", "\"d\" : 4, \"e\" : 5", WEIGHTS, "another vocabulary"),
        damage(
            "two characters change places",
            folder ->
                Files.writeString(
                    folder.resolve(VOCABULARY), "{\"\\n\":0,\"a\":2,\"b\":1,\"c\":3,\"d\":4}"),
            "another vocabulary"),
        damage(
            "an empty vocabulary",
            folder -> Files.writeString(folder.resolve(VOCABULARY), "{}"),
            "vocabulary is empty"),
        damage(
            "weights of another size",
            folder -> saveWeights(folder, "\nabcd", new ModelConfig(6, 4)),
            WEIGHTS,
            "embedding.weight of shape [5, 3]",
            "found [5, 6]"),
        damage(
            "weights of another vocabulary's size",
            folder -> saveWeights(folder, "\nabcde", new ModelConfig(3, 4)),
            "another vocabulary"),
        damage(
            "weights that are a text",
            folder -> Files.writeString(folder.resolve(WEIGHTS), "no weights at all"),
            WEIGHTS,
            "not a safetensors file"));
  }

  private static void delete(Path folder) throws IOException {
    for (String file : new String[] {CONFIG, VOCABULARY, WEIGHTS}) {
      Files.delete(folder.resolve(file));
    }
    Files.delete(folder);
  }

  private static void saveWeights(Path folder, String characters, ModelConfig sizes)
      throws IOException {
    Path other = folder.resolveSibling("other");
    try (Device device = Device.cpu(1);
        LanguageModel model =
            LanguageModel.create(device, ModelSamples.characters(characters), sizes, 1)) {
      model.save(other);
    }
    Files.copy(
        other.resolve(WEIGHTS), folder.resolve(WEIGHTS), StandardCopyOption.REPLACE_EXISTING);
  }

  @ParameterizedTest
  @MethodSource("damages")
  void a_damaged_folder_is_refused_with_what_is_wrong(Damage damage, String... messageParts)
      throws IOException {
    damage.to(folder);
    assertRefused(messageParts);
  }

  @Test
  void words_that_only_their_borders_tell_apart_are_another_vocabulary() throws IOException {
    Map<String, Integer> ids = new LinkedHashMap<>(Map.of("<unk>", 0, "<eos>", 1));
    ids.putAll(Map.of("ab", 2, "c", 3));
    Vocabulary words = Vocabulary.fromMap(Tokenizers.WORDS, ids);
    try (LanguageModel model = LanguageModel.create(device, words, new ModelConfig(2, 2), 1)) {
      model.save(folder);
    }
    Files.writeString(folder.resolve(VOCABULARY), "{\"<unk>\":0,\"<eos>\":1,\"a\":2,\"bc\":3}");
    assertRefused("another vocabulary");
  }

  @Test
  void weights_cut_short_anywhere_are_refused() throws IOException {
    Path weights = folder.resolve(WEIGHTS);
    byte[] whole = Files.readAllBytes(weights);
    for (int length = 0; length < whole.length; length += 1 + length / 20) {
      Files.write(weights, Arrays.copyOf(whole, length));
      assertRefused(WEIGHTS);
    }
  }

  @Test
  void weights_with_any_bit_flipped_are_refused() throws IOException {
    Path weights = folder.resolve(WEIGHTS);
    byte[] whole = Files.readAllBytes(weights);
    Random random = new Random(1);
    for (int flip = 0; flip < 150; flip++) {
      byte[] bytes = whole.clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(weights, bytes);
      assertRefused(WEIGHTS);
    }
  }

  private void assertRefused(String... messageParts) {
    IOException refused =
        assertThrows(IOException.class, () -> LanguageModel.load(folder, device).close());
    for (String part : messageParts) {
      assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }
    assertTrue(refused.getMessage().contains(folder.toString()), refused.getMessage());
    assertTrue(refused.getMessage().lines().count() == 1, refused.getMessage());
    assertEquals(0, device.memory().current());
  }

  @Test
  void a_file_in_the_place_of_the_folder_is_left_alone() throws IOException {
    try (LanguageModel other = ModelSamples.model(device, "xyz", 2, 2)) {
      Path file = parent.resolve("file");
      Files.writeString(file, "in the way");
      assertThrows(IOException.class, () -> other.save(file));
      assertEquals("in the way", Files.readString(file));
    }
  }
}
