package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Arena;
import dev.surprisal.device.Bench;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.io.SafeTensors;
import dev.surprisal.io.SafeTensorsFile;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.oracle.AdaptiveSoftmaxOracle;
import dev.surprisal.oracle.LanguageModelOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import dev.surprisal.text.Tokens;
import dev.surprisal.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose last layer is no plain projection: what they predict, and their folders. */
class HeadFolderTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final String TOKENS = "\nabcdefgh";
  private static final HeadConfig ADAPTIVE = new HeadConfig.Adaptive(List.of(3, 6), 2, true);

  @TempDir Path folder;

  private static LanguageModel model(Device device, HeadConfig head) {
    return LanguageModel.create(
        device, ModelSamples.characters(TOKENS), new ModelConfig(12, 12, head), 1);
  }

  @OnEveryDevice
  void a_model_predicts_the_same_after_it_was_saved_and_loaded(Bench bench) throws IOException {
    for (HeadConfig head : List.of(HeadConfig.TIED, ADAPTIVE)) {
      try (LanguageModel model = model(bench.device(), head)) {
        model.save(folder);
        try (LanguageModel loaded = LanguageModel.load(folder, bench.device())) {
          assertEquals(model.config(), loaded.config());
          assertArrayEquals(
              model.network().parameters().values().toFloats(),
              loaded.network().parameters().values().toFloats());
          Tokens text = Tokens.of(Samples.integers(1, 50, 9));
          assertEquals(model.evaluate(text), loaded.evaluate(text));
          assertEquals(
              model.score(List.of("abc", "h")).get(0).logProbability(),
              loaded.score(List.of("abc", "h")).get(0).logProbability());
          String drawn = model.generate("a", 30, SampleOptions.DEFAULT, 7);
          assertEquals(drawn, loaded.generate("a", 30, SampleOptions.DEFAULT, 7));
          assertEquals(30, drawn.length());
        }
      }
    }
  }

  @OnEveryDevice
  void surprisals_of_an_adaptive_softmax_are_those_of_the_formula(Bench bench) {
    try (LanguageModel model = model(bench.device(), ADAPTIVE)) {
      int[] text = Samples.integers(1, 40, 9);
      int[] read = Arrays.copyOf(text, 39);
      Map<String, double[]> all = ModelSamples.parameters(model);
      Map<String, double[]> softmax = new LinkedHashMap<>();
      Map<String, double[]> below = new LinkedHashMap<>();
      all.forEach(
          (name, values) -> {
            if (name.startsWith("softmax.")) {
              softmax.put(name.substring("softmax.".length()), values);
            } else {
              below.put(name, values);
            }
          });
      below.put("linear.weight", new double[9 * 12]);
      below.put("linear.bias", new double[9]);
      double[] hidden =
          LanguageModelOracle.pass(
                  below,
                  read,
                  new int[39],
                  new double[12],
                  new LanguageModelOracle.Shape(1, 39, 9, 12, 12))
              .activations()
              .output();
      double[] losses =
          new AdaptiveSoftmaxOracle(12, 9, new int[] {3, 6}, softmax)
              .loss(hidden, Arrays.copyOfRange(text, 1, 40), new double[39])
              .losses();
      Tolerance.FLOAT32.assertClose(
          "surprisal",
          Arrays.stream(losses).average().orElseThrow(),
          model.evaluate(Tokens.of(text)).loss());
    }
  }

  @Test
  void files_bear_pytorchs_names_and_a_readable_config() throws IOException {
    try (Device device = Device.cpu(1)) {
      try (LanguageModel model = model(device, HeadConfig.TIED)) {
        model.save(folder);
      }
      assertTrue(config().endsWith(",\"head\":{\"kind\":\"tied\"}}"), config());
      assertTrue(names().containsAll(Set.of("embedding.weight", "linear.weight", "linear.bias")));
      try (LanguageModel model = model(device, ADAPTIVE)) {
        model.save(folder);
      }
      assertTrue(
          config()
              .endsWith(
                  ",\"head\":{\"kind\":\"adaptive-softmax\",\"cutoffs\":[3,6],\"div\":2.0,"
                      + "\"bias\":true}}"),
          config());
      assertTrue(
          names()
              .containsAll(
                  Set.of(
                      "softmax.head.weight",
                      "softmax.head.bias",
                      "softmax.tail.0.0.weight",
                      "softmax.tail.0.1.weight",
                      "softmax.tail.1.0.weight",
                      "softmax.tail.1.1.weight")));
    }
  }

  private String config() throws IOException {
    return Files.readString(folder.resolve("config.json")).replaceAll("\\s", "");
  }

  private Set<String> names() throws IOException {
    try (SafeTensorsFile file = SafeTensorsFile.open(folder.resolve(WEIGHTS))) {
      return file.names();
    }
  }

  @Test
  void a_shared_weight_must_be_the_same_under_both_names_but_may_have_one() throws IOException {
    try (Device device = Device.cpu(1);
        Arena arena = new Arena(device)) {
      try (LanguageModel model = model(device, HeadConfig.TIED)) {
        model.save(folder);
      }
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      try (SafeTensorsFile file = SafeTensorsFile.open(folder.resolve(WEIGHTS))) {
        for (String name : file.names()) {
          Tensor tensor = arena.allocate(DType.FLOAT32, file.shape(name).toArray());
          file.read(name, tensor);
          tensors.put(name, tensor);
        }
      }
      Tensor last = tensors.get("linear.weight").slice(9 * 12 - 1, 1);
      last.write(last.toFloats()[0] + 1);
      SafeTensors.write(folder.resolve(WEIGHTS), tensors, Map.of());
      assertRefused(
          device, "embedding.weight and linear.weight differ, but config.json says that they are");
      tensors.remove("linear.weight");
      SafeTensors.write(folder.resolve(WEIGHTS), tensors, Map.of());
      LanguageModel.load(folder, device).close();
    }
  }

  @Test
  void a_damaged_last_layer_is_refused() throws IOException {
    try (Device device = Device.cpu(1)) {
      try (LanguageModel model = model(device, ADAPTIVE)) {
        model.save(folder);
      }
      String whole = config();
      String[][] damages = {
        {"\"adaptive-softmax\"", "\"other\"", "to be tied or adaptive-softmax"},
        {"[3,6]", "[6,3]", "cutoffs of 1 and more that increase, found 6+3"},
        {"[3,6]", "[3,\"6\"]", "expected integers as cutoffs, found \"6\""},
        {"[3,6]", "[3,9]", "over 9 classes are at most 8, found 9"},
        {"2.0", "0.5", "divides hidden sizes by 1 or more"},
        {"2.0", "13", "no hidden unit"},
        {"2.0", "\"2\"", "expected a number \"div\""},
        {"true", "1", "and a boolean \"bias\""},
        {"[3,6]", "[3,7]", "softmax.tail.0.1.weight"},
        {"true", "false", null},
      };
      for (String[] damage : damages) {
        String damaged = whole.replace(damage[0], damage[1]);
        Files.writeString(folder.resolve("config.json"), damaged);
        if (damage[2] == null) {
          LanguageModel.load(folder, device).close();
        } else {
          assertRefused(device, damage[2]);
        }
      }
    }
  }

  private void assertRefused(Device device, String why) {
    long before = device.memory().current();
    String message =
        assertThrows(IOException.class, () -> LanguageModel.load(folder, device)).getMessage();
    assertTrue(message.contains(why), message);
    assertEquals(before, device.memory().current());
  }

  @Test
  void a_vocabulary_that_a_model_of_sizes_does_not_fit_is_refused() {
    Vocabulary vocabulary = ModelSamples.characters("ab");
    try (Device device = Device.cpu(1)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      LanguageModel.create(
                          device, vocabulary, new ModelConfig(12, 12, ADAPTIVE), 1))
              .getMessage();
      assertEquals(
          "the cutoffs of an adaptive softmax over 2 classes are at most 1, found 6", message);
    }
    assertThrows(IllegalArgumentException.class, () -> new ModelConfig(12, 13, HeadConfig.TIED));
  }
}
