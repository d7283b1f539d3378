package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.LanguageModel;
import dev.surprisal.Score;
import dev.surprisal.device.Device;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.EncodedText;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.bytedeco.openblas.global.openblas_full;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders that the library saved before its networks had several layers. OpenBLAS has kernels for
 * each kind of processor: on the kind that saved them the bits are the same, on others the digits.
 */
class SavedFoldersTest {
  private static final Path FOLDERS =
      Path.of("src/test/resources/dev/surprisal/saved-before-layers");

  private final Properties expected = new Properties();
  private double tolerance;

  @BeforeEach
  void read_what_was_computed_then() throws IOException {
    try (Reader reader = Files.newBufferedReader(FOLDERS.resolve("expected.properties"))) {
      expected.load(reader);
    }
    String core = openblas_full.openblas_get_corename().getString();
    tolerance = core.equals(expected.getProperty("core")) ? 0 : 1e-4;
  }

  private void assertSame(String key, double... found) {
    double[] before =
        Arrays.stream(expected.getProperty(key).split(" "))
            .mapToDouble(Double::parseDouble)
            .toArray();
    assertEquals(before.length, found.length, key);
    for (int i = 0; i < found.length; i++) {
      assertEquals(before[i], found[i], tolerance * Math.abs(before[i]), key);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "tied", "adaptive"})
  void a_model_evaluates_scores_and_generates_as_it_did(String name) throws IOException {
    try (Device device = Device.cpu();
        LanguageModel model = LanguageModel.load(FOLDERS.resolve(name), device);
        EncodedText text = Corpus.encode(FOLDERS.resolve("text.txt"), model.vocabulary())) {
      assertSame(name + ".loss", model.evaluate(text.tokens()).loss());
      assertSame(
          name + ".scores",
          model.score(List.of("First Citizen:", "we are the", "")).stream()
              .mapToDouble(Score::logProbability)
              .toArray());
      assertEquals(
          expected.getProperty(name + ".text"),
          model.generate("we are", 20, SampleOptions.DEFAULT, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "tied", "adaptive"})
  void a_model_is_saved_in_the_same_bytes(String name, @TempDir Path folder) throws IOException {
    try (Device device = Device.cpu();
        LanguageModel model = LanguageModel.load(FOLDERS.resolve(name), device)) {
      model.save(folder);
    }
    for (String file : List.of("config.json", "vocab.json", "model.safetensors")) {
      assertEquals(
          -1, Files.mismatch(FOLDERS.resolve(name).resolve(file), folder.resolve(file)), file);
    }
  }

  @Test
  void a_run_goes_on_with_the_losses_that_it_would_have_had(@TempDir Path folder)
      throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    try (Stream<Path> files = Files.list(FOLDERS.resolve("plain"))) {
      for (Path file : files.toList()) {
        Files.copy(file, run.resolve(file.getFileName()));
      }
    }
    Cli.Result result =
        Cli.run(
            "train",
            "--device",
            "cpu",
            "--resume",
            "--out",
            run,
            "--text",
            FOLDERS.resolve("text.txt"),
            "--epochs",
            4);
    assertEquals(0, result.status(), result.err());
    var epochs = TinyRun.metrics(run);
    assertEquals(4, epochs.size());
    for (String loss : List.of("train_loss", "valid_loss")) {
      assertSame(
          "plain." + loss + "es",
          epochs.get(2).get(loss).asDouble(),
          epochs.get(3).get(loss).asDouble());
    }
  }
}
