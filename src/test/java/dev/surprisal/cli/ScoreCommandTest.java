package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.openblas.global.openblas_full;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreCommandTest {
  @TempDir static Path folder;
  private static Path model;

  @BeforeAll
  static void train_a_model() throws IOException {
    Path text = TinyRun.text(folder.resolve("text.txt"), 400, 1);
    model = TinyRun.trained(text, folder.resolve("model"), "--epochs", 1);
  }

  @Test
  void a_line_gives_its_log_probability_and_its_tokens_the_end_of_the_line_included()
      throws IOException {
    List<String> lines = score("the cat\n\n");
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).matches("-\\d+\\.\\d{6}\t8"), lines.get(0));
    assertTrue(lines.get(1).matches("-\\d+\\.\\d{6}\t1"), lines.get(1));
  }

  @Test
  void more_lines_than_a_block_come_out_in_their_order() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2 * LineScorer.BLOCK + 1; i++) {
      text.append("a".repeat(i % 9)).append('\n');
    }
    List<String> lines = score(text.toString());
    assertEquals(2 * LineScorer.BLOCK + 1, lines.size());
    for (int i = 0; i < lines.size(); i++) {
      assertTrue(lines.get(i).endsWith("\t" + (i % 9 + 1)), lines.get(i));
      assertEquals(
          Double.parseDouble(lines.get(i % 9).split("\t")[0]),
          Double.parseDouble(lines.get(i).split("\t")[0]),
          lastDigit(),
          "the neighbours of a line make no difference");
    }
  }

  /** OpenBLAS's kernels for AVX2 alone round a row by its place among the rows of a product. */
  private static double lastDigit() {
    String core = openblas_full.openblas_get_corename().getString();
    return Set.of("Haswell", "Zen").contains(core) ? 2e-6 : 0;
  }

  @Test
  void per_token_adds_each_token_and_its_surprisal_which_sum_to_the_log_probability()
      throws IOException {
    String[] fields = score("a cat\n", "--per-token").get(0).split("\t", -1);
    assertEquals(2 + 2 * 6, fields.length);
    double sum = 0;
    StringBuilder tokens = new StringBuilder();
    for (int i = 2; i < fields.length; i += 2) {
      tokens.append(fields[i]);
      sum += Double.parseDouble(fields[i + 1]);
    }
    assertEquals("a cat\\n", tokens.toString());
    assertEquals(Double.parseDouble(fields[0]), -sum, 1e-5);
  }

  @Test
  void json_is_one_object_a_line() throws IOException {
    List<String> plain = score("the\na mat\n");
    List<String> lines = score("the\na mat\n", "--json");
    assertEquals(2, lines.size());
    for (int i = 0; i < 2; i++) {
      ObjectNode line = TinyRun.json(lines.get(i));
      assertEquals(2, line.size());
      String expected =
          Text.format(
              "%.6f\t%d", line.get("log_probability").asDouble(), line.get("tokens").asInt());
      assertEquals(expected, plain.get(i));
    }
  }

  @Test
  void json_per_token_names_the_tokens() throws IOException {
    ObjectNode line = TinyRun.json(score("a\n", "--json", "--per-token").get(0));
    assertEquals(2, line.get("per_token").size());
    JsonNode end = line.get("per_token").get(1);
    assertEquals("\n", end.get("token").asText());
    assertTrue(end.get("surprisal").asDouble() > 0);
  }

  @Test
  void a_dash_is_standard_input() throws IOException {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("the cat\n".getBytes(StandardCharsets.UTF_8)));
    try {
      Cli.Result result = Cli.run("score", "--model", model, "--device", "cpu", "-");
      assertEquals(score("the cat\n"), result.outLines());
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void a_line_that_is_not_utf8_is_a_failure() throws IOException {
    Path file = folder.resolve("latin1.txt");
    Files.write(file, "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    Cli.Result result = Cli.run("score", "--model", model, "--device", "cpu", file);
    assertEquals(1, result.status());
    assertTrue(result.err().contains("line 1: not UTF-8"), result.err());
  }

  private static List<String> score(String text, Object... more) throws IOException {
    Path file = Files.writeString(folder.resolve("lines.txt"), text);
    List<Object> args = new ArrayList<>(List.of("score", "--model", model, "--device", "cpu"));
    args.addAll(List.of(more));
    args.add(file);
    Cli.Result result = Cli.run(args.toArray());
    assertEquals(0, result.status(), result.err());
    assertEquals("", result.err());
    return result.outLines();
  }
}
