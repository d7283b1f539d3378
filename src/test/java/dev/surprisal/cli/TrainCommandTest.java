package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  @TempDir Path folder;
  private Path text;
  private Path out;

  @BeforeEach
  void make_a_text() throws IOException {
    text = TinyRun.text(folder.resolve("text.txt"), 400, 1);
    out = folder.resolve("run");
  }

  @Test
  void json_is_one_object_an_epoch_with_six_keys_and_nothing_else() throws IOException {
    Cli.Result result = Cli.run(TinyRun.train(text, out, "--epochs", 2, "--json"));
    assertEquals(0, result.status(), result.err());
    assertEquals("", result.err());
    assertEquals(2, result.outLines().size());
    for (int i = 0; i < 2; i++) {
      ObjectNode epoch = TinyRun.json(result.outLines().get(i));
      List<String> keys = new ArrayList<>();
      epoch.fieldNames().forEachRemaining(keys::add);
      assertEquals(
          List.of(
              "epoch", "train_loss", "valid_loss", "perplexity", "tokens_per_second", "seconds"),
          keys);
      assertEquals(i + 1, epoch.get("epoch").asInt());
      assertEquals(
          Math.exp(epoch.get("valid_loss").asDouble()), epoch.get("perplexity").asDouble(), 1e-9);
      assertTrue(epoch.get("tokens_per_second").asDouble() > 0);
      assertTrue(epoch.get("seconds").asDouble() > 0);
    }
  }

  @Test
  void without_json_an_epoch_is_a_row_below_one_heading() {
    Cli.Result result = Cli.run(TinyRun.train(text, out, "--epochs", 2));
    assertEquals(0, result.status(), result.err());
    assertEquals(4, result.outLines().size());
    assertTrue(result.outLines().get(0).startsWith("epoch  train loss  valid loss"));
    assertTrue(result.outLines().get(2).startsWith("    2  "), result.out());
    assertTrue(result.outLines().get(3).endsWith(", model in " + out), result.out());
  }

  @Test
  void without_a_validation_part_the_validation_loss_is_null() throws IOException {
    Cli.Result result =
        Cli.run(TinyRun.train(text, out, "--epochs", 1, "--json", "--split", "1,0"));
    ObjectNode epoch = TinyRun.json(result.out());
    assertTrue(epoch.get("valid_loss").isNull());
    assertEquals(
        Math.exp(epoch.get("train_loss").asDouble()), epoch.get("perplexity").asDouble(), 1e-9);
  }

  @Test
  void the_folder_holds_all_that_a_run_leaves() throws IOException {
    TinyRun.trained(text, out, "--epochs", 1);
    Set<String> expected =
        Set.of(
            "config.json",
            "vocab.json",
            "model.safetensors",
            "training.json",
            "metrics.jsonl",
            "loss.png",
            "events.out.tfevents.000001.surprisal");
    expected.forEach(name -> assertTrue(Files.exists(out.resolve(name)), name));
    try (Stream<Path> files = Files.list(out)) {
      files.forEach(file -> assertFalse(file.toString().endsWith(".tmp"), file.toString()));
    }
  }

  @Test
  void a_validation_file_takes_the_place_of_the_split() throws IOException {
    Path valid = TinyRun.text(folder.resolve("valid.txt"), 50, 2);
    TinyRun.trained(text, out, "--epochs", 1, "--valid", valid);
    Path other = folder.resolve("other");
    TinyRun.trained(text, other, "--epochs", 1, "--split", "1,0,0");
    assertEquals(
        TinyRun.metrics(other).get(0).get("train_loss"),
        TinyRun.metrics(out).get(0).get("train_loss"));
    assertTrue(TinyRun.metrics(out).get(0).get("valid_loss").isNumber());
  }

  @Test
  void words_and_shuffled_windows_and_a_number_of_steps_are_options() throws IOException {
    TinyRun.trained(
        text, out, "--level", "word", "--min-count", 2, "--shuffle", "--steps", 5, "--clip", 1);
    assertEquals(5, TinyRun.metrics(out).get(0).get("step").asInt());
    assertTrue(Files.readString(out.resolve("vocab.json")).contains("<unk>"));
  }

  @Test
  void several_files_are_one_text() throws IOException {
    Path whole = folder.resolve("whole.txt");
    Files.writeString(whole, Files.readString(text) + Files.readString(text));
    TinyRun.trained(whole, out, "--epochs", 1);
    Path other = folder.resolve("other");
    Cli.Result result =
        Cli.run(
            "train",
            "--text",
            text,
            text,
            "--out",
            other,
            "--device",
            "cpu",
            "--embed",
            4,
            "--hidden",
            8,
            "--batch",
            4,
            "--window",
            8,
            "--epochs",
            1);
    assertEquals(0, result.status(), result.err());
    assertEquals(TinyRun.metrics(out), TinyRun.metrics(other));
  }

  @Test
  void training_stops_when_the_validation_loss_gets_no_better_for_as_long_as_patience()
      throws IOException {
    TinyRun.trained(text, out, "--epochs", 200, "--patience", 1, "--lr", "0.05");
    int epochs = TinyRun.metrics(out).size();
    assertTrue(epochs < 200, epochs + " epochs");
    assertFalse(TinyRun.metrics(out).get(epochs - 1).get("best").asBoolean());
  }

  @Test
  void values_out_of_range_are_wrong_use() {
    assertWrongUse("--embed", "0");
    assertWrongUse("--hidden", "-1");
    assertWrongUse("--batch", "0");
    assertWrongUse("--window", "0");
    assertWrongUse("--lr", "0");
    assertWrongUse("--lr", "NaN");
    assertWrongUse("--clip", "-1");
    assertWrongUse("--epochs", "0");
    assertWrongUse("--steps", "0");
    assertWrongUse("--patience", "-1");
    assertWrongUse("--min-count", "0");
    assertWrongUse("--split", "0.5,0.6");
    assertWrongUse("--level", "sentence");
    assertWrongUse("--seed", "x");
    assertWrongUse("--threads", "-1");
    assertWrongUse("--device", "gpu");
    assertWrongUse("--epochs", "1", "--steps", "1");
    assertWrongUse("--patience", "1", "--split", "1,0");
    assertWrongUse("--valid", text, "--split", "0.9,0.1");
  }

  private void assertWrongUse(Object... options) {
    List<Object> args = new ArrayList<>(List.of("train", "--text", text, "--out", out));
    args.addAll(List.of(options));
    Cli.Result result = Cli.run(args.toArray());
    assertEquals(2, result.status(), () -> List.of(options) + " " + result.err());
    assertEquals("", result.out());
    assertEquals(2, result.errLines().size(), result.err());
    assertEquals("Try 'surprisal train --help'.", result.errLines().get(1));
    assertFalse(RunSettings.exist(out));
  }
}
