package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train --nbest}. */
class NBestTrainingTest {
  @TempDir static Path shared;
  private static Path text;
  private static Path model;
  private static Path lists;

  @TempDir Path folder;

  @BeforeAll
  static void train_a_model() throws IOException {
    text = TinyRun.text(shared.resolve("text.txt"), 400, 1);
    model = TinyRun.trained(text, shared.resolve("model"), "--epochs", 1);
    lists =
        Files.writeString(
            shared.resolve("lists.txt"),
            "a ||| the cat sat ||| 2\na ||| sat the cat ||| 0\na ||| cat the sat ||| 1\n"
                + "b ||| on a mat ||| 1\nb ||| mat on a ||| 0\n");
  }

  private Cli.Result train(Object... more) {
    List<Object> args =
        new ArrayList<>(List.of("train", "--out", folder.resolve("out"), "--device", "cpu"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"minimum-risk", "ranking:margin=2", "minimum-risk:likelihood=0.1"})
  void the_cheapest_hypotheses_come_to_be_the_most_probable(String loss) throws IOException {
    byte[] before = Files.readAllBytes(model.resolve("model.safetensors"));
    Cli.Result result =
        train(
            "--nbest",
            lists,
            "--from",
            model,
            "--loss",
            loss,
            "--epochs",
            60,
            "--lr",
            "0.01",
            "--json");
    assertEquals(0, result.status(), result.err());
    assertEquals(60, result.outLines().size());
    double first = TinyRun.json(result.outLines().get(0)).get("train_loss").asDouble();
    double last = TinyRun.json(result.outLines().get(59)).get("train_loss").asDouble();
    assertTrue(last < 0.5 * first, first + " to " + last);
    assertArrayEquals(before, Files.readAllBytes(model.resolve("model.safetensors")));
    Path lines = Files.writeString(folder.resolve("lines"), "sat the cat\nthe cat sat\n");
    Cli.Result scores = Cli.run("score", "--model", folder.resolve("out"), lines);
    assertEquals(0, scores.status(), scores.err());
    assertTrue(score(scores, 0) > score(scores, 1), scores.out());
  }

  private static double score(Cli.Result result, int line) {
    return Double.parseDouble(result.outLines().get(line).strip().split("\\s+")[0]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nbest LISTS --loss minimum-risk | --nbest needs a model to start from: add --from DIR",
        "--nbest LISTS --from MODEL | --nbest trains with --loss minimum-risk or --loss ranking,"
            + " found cross-entropy",
        "--nbest LISTS --from MODEL --loss ranking --text TEXT | --nbest and --text exclude each"
            + " other",
        "--nbest LISTS --from MODEL --loss ranking --resume | --nbest training saves at the end"
            + " only",
        "--text TEXT --from MODEL | --from works with --nbest only",
        "--text TEXT --loss ranking | the loss ranking trains on n-best lists: add --nbest FILE"
      })
  void wrong_use_is_told_what_is_right(String args, String expected) {
    String[] given =
        args.replace("LISTS", lists.toString())
            .replace("MODEL", model.toString())
            .replace("TEXT", text.toString())
            .split(" ");
    Cli.Result result = train((Object[]) given);
    assertEquals(2, result.status(), result.err());
    assertTrue(result.err().contains(expected), result.err());
    assertFalse(Files.exists(folder.resolve("out")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a ||| cat ||| 1; expected 2 hypotheses or more of the id a, found 1",
        "''; expected lines id ||| hypothesis ||| cost, found none",
        "a ||| cat ||| x; a finite number",
      })
  void a_bad_list_is_refused_before_anything_is_made(String content, String expected)
      throws IOException {
    Path bad = Files.writeString(folder.resolve("bad"), content + (content.isEmpty() ? "" : "\n"));
    Cli.Result result = train("--nbest", bad, "--from", model, "--loss", "minimum-risk");
    assertEquals(1, result.status(), result.err());
    assertTrue(result.err().contains(expected), result.err());
    assertFalse(Files.exists(folder.resolve("out")));
  }

  @Test
  void a_folder_that_is_there_is_not_written_over() throws IOException {
    Files.createDirectories(folder.resolve("out"));
    Cli.Result result = train("--nbest", lists, "--from", model, "--loss", "minimum-risk");
    assertEquals(1, result.status());
    assertTrue(result.err().contains("exists already"), result.err());
  }
}
