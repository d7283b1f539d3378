package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
  @TempDir static Path folder;
  private static Path valid;
  private static Path model;

  @BeforeAll
  static void train_a_model() throws IOException {
    Path text = TinyRun.text(folder.resolve("text.txt"), 400, 1);
    valid = TinyRun.text(folder.resolve("valid.txt"), 60, 2);
    model = TinyRun.trained(text, folder.resolve("model"), "--epochs", 2, "--valid", valid);
  }

  @Test
  void json_is_one_object_with_six_keys() throws IOException {
    ObjectNode result = TinyRun.json(evaluate("--json"));
    List<String> keys = new ArrayList<>();
    result.fieldNames().forEachRemaining(keys::add);
    assertEquals(
        List.of("loss", "perplexity", "bits_per_char", "tokens", "trained_with", "trained_loss"),
        keys);
    double loss = result.get("loss").asDouble();
    long characters = Files.size(valid);
    assertEquals(characters - 1, result.get("tokens").asLong());
    assertEquals(Math.exp(loss), result.get("perplexity").asDouble(), 1e-9);
    assertEquals(
        loss * (characters - 1) / Math.log(2) / characters,
        result.get("bits_per_char").asDouble(),
        1e-9);
  }

  @Test
  void the_loss_is_the_one_that_training_reported() throws IOException {
    assertEquals(
        TinyRun.metrics(model).get(1).get("valid_loss").asDouble(),
        TinyRun.json(evaluate("--json")).get("loss").asDouble(),
        1e-6);
  }

  @Test
  void without_json_there_are_four_lines_with_units() {
    List<String> lines = evaluate().lines().toList();
    assertEquals(4, lines.size());
    assertTrue(lines.get(0).matches("loss +\\d+\\.\\d{6} nats per token"), lines.get(0));
    assertTrue(lines.get(1).matches("perplexity +\\d+\\.\\d{4}"), lines.get(1));
    assertTrue(lines.get(2).matches("bits per character +\\d+\\.\\d{6}"), lines.get(2));
    assertTrue(lines.get(3).matches("tokens +\\d+"), lines.get(3));
  }

  private static String evaluate(Object... more) {
    List<Object> args = new ArrayList<>();
    args.addAll(List.of("evaluate", "--model", model, "--device", "cpu", "--text", valid));
    args.addAll(List.of(more));
    Cli.Result result = Cli.run(args.toArray());
    assertEquals(0, result.status(), result.err());
    assertEquals("", result.err());
    return result.out();
  }
}
