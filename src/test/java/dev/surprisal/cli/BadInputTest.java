package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do wrong: each is exit status 1 and one line that says what. */
class BadInputTest {
  @TempDir static Path shared;
  private static Path text;
  private static Path model;

  @TempDir Path folder;

  @BeforeAll
  static void train_a_model() throws IOException {
    text = TinyRun.text(shared.resolve("text.txt"), 100, 1);
    model = TinyRun.trained(text, shared.resolve("model"), "--epochs", 1);
  }

  @Test
  void a_text_that_is_not_there() {
    assertTrainingRefuses(folder.resolve("none.txt"), "none.txt: no such file");
  }

  @Test
  void a_text_that_is_empty() throws IOException {
    assertTrainingRefuses(write(""), "empty");
  }

  @Test
  void a_text_of_one_character() throws IOException {
    assertTrainingRefuses(write("a"), "1 token");
  }

  @Test
  void a_text_that_is_not_utf8_is_named_with_the_offset() throws IOException {
    Path file = folder.resolve("latin1.txt");
    Files.write(file, "caf\u00e9 au lait\n".getBytes(StandardCharsets.ISO_8859_1));
    assertTrainingRefuses(file, "byte 0xE9 at offset 3");
  }

  @Test
  void a_text_that_is_a_directory() {
    assertTrainingRefuses(folder, "a directory, expected a text file");
  }

  @Test
  void a_split_that_leaves_nothing_to_validate() {
    assertTrainingRefuses(text, "validation", "--split", "0.999,0.001,0");
  }

  @Test
  void a_window_longer_than_the_text() {
    Path out = folder.resolve("run");
    assertRefused(
        Cli.run("train", "--text", text, "--out", out, "--device", "cpu", "--window", 100_000),
        "window");
    assertFalse(RunSettings.exist(out));
  }

  @Test
  void a_gpu_where_there_is_none_says_what_is_missing() {
    Cli.Result result =
        Cli.run(
            "train",
            "--text",
            text,
            "--out",
            folder.resolve("run"),
            "--device",
            "cuda:9999",
            "--window",
            8,
            "--batch",
            4);
    assertRefused(result, "cuda");
  }

  @Test
  void a_run_folder_that_is_a_file() throws IOException {
    assertRefused(Cli.run(TinyRun.train(text, write("a"))), "exists already");
  }

  @Test
  void a_character_outside_the_vocabulary() throws IOException {
    Path other = write("the cat sat on a zebra\n");
    assertRefused(evaluate(model, other), "'z' (U+007A)");
    assertRefused(
        Cli.run("generate", "--model", model, "--device", "cpu", "--prompt", "zebra"), "'z'");
    Cli.Result score = Cli.run("score", "--model", model, "--device", "cpu", other);
    assertRefused(score, other + ": line 1: 'z'");
  }

  @Test
  void a_model_folder_that_is_not_there() {
    assertRefused(evaluate(folder.resolve("none"), text), "none");
  }

  @Test
  void a_model_folder_without_one_of_its_files() throws IOException {
    for (String name : new String[] {"config.json", "vocab.json", "model.safetensors"}) {
      Path copy = copyModel("without-" + name);
      Files.delete(copy.resolve(name));
      assertRefused(evaluate(copy, text), name);
    }
  }

  @Test
  void a_model_that_is_cut_short() throws IOException {
    assertModelRefused(
        file -> {
          try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(access.length() - 1);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void a_model_with_a_header_longer_than_the_file() throws IOException {
    assertModelRefused(file -> replaceHeader(file, Long.MAX_VALUE, ""));
  }

  @Test
  void a_model_with_100_megabytes_of_header() throws IOException {
    assertModelRefused(file -> replaceHeader(file, 100L << 20, " ".repeat(100 << 20)));
  }

  @Test
  void a_model_whose_tensors_lie_outside_the_file() throws IOException {
    String header = "{\"linear.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}";
    assertModelRefused(file -> replaceHeader(file, header.length(), header));
  }

  @Test
  void a_model_with_the_same_name_twice() throws IOException {
    String entry = "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    String header = "{" + entry + "," + entry + "}";
    assertModelRefused(file -> replaceHeader(file, header.length(), header));
  }

  @Test
  void a_model_whose_shape_overflows() throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}";
    assertModelRefused(file -> replaceHeader(file, header.length(), header));
  }

  @Test
  void a_loss_that_is_no_longer_finite_says_at_which_step_and_keeps_the_run() throws IOException {
    Path out = folder.resolve("run");
    Cli.Result result = Cli.run(TinyRun.train(text, out, "--epochs", 50, "--lr", "1e38"));
    assertEquals(1, result.status(), result.out());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().matches("(?s).*step \\d+.*"), result.err());
  }

  private void assertTrainingRefuses(Path badText, String why, Object... more) {
    Path out = folder.resolve("run");
    assertRefused(Cli.run(TinyRun.train(badText, out, more)), why);
    assertFalse(RunSettings.exist(out), "a run that never began");
  }

  private void assertModelRefused(Consumer<Path> damage) throws IOException {
    Path copy = copyModel("damaged");
    damage.accept(copy.resolve("model.safetensors"));
    assertRefused(evaluate(copy, text), "model.safetensors");
  }

  private static void assertRefused(Cli.Result result, String why) {
    assertEquals(1, result.status(), result.out());
    assertEquals("", result.out());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().startsWith("surprisal: "), result.err());
    assertTrue(result.err().contains(why), result.err());
  }

  private static Cli.Result evaluate(Path folder, Path file) {
    return Cli.run("evaluate", "--model", folder, "--device", "cpu", "--text", file);
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("text.txt"), content);
  }

  private Path copyModel(String name) throws IOException {
    Path copy = Files.createDirectory(folder.resolve(name));
    for (String file : new String[] {"config.json", "vocab.json", "model.safetensors"}) {
      Files.copy(model.resolve(file), copy.resolve(file));
    }
    return copy;
  }

  private static void replaceHeader(Path file, long length, String header) {
    ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length());
    start.order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    start.put(header.getBytes(StandardCharsets.US_ASCII));
    try {
      Files.write(file, start.array());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
