package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RescoreCommandTest {
  @TempDir static Path folder;
  private static Path model;

  @BeforeAll
  static void train_a_model() throws IOException {
    Path text = TinyRun.text(folder.resolve("text.txt"), 400, 1);
    model = TinyRun.trained(text, folder.resolve("model"), "--epochs", 3);
  }

  @Test
  void with_weight_0_each_list_is_ranked_by_its_own_scores() throws IOException {
    assertEquals(
        List.of("0 ||| the ||| 2.0", "0 ||| cat ||| 1.0", "1 ||| sat ||| 1.5", "1 ||| on ||| -4.0"),
        rescore(
            0, "0", "0 ||| cat ||| 1", "0 ||| the ||| 2", "1 ||| on ||| -4", "1 ||| sat ||| 1.5"));
  }

  @Test
  void equal_scores_keep_their_order() throws IOException {
    assertEquals(
        List.of("0 ||| the ||| 2.0", "0 ||| cat ||| 1.0", "0 ||| cat  ||| 1.0", "0 ||| a ||| 1.0"),
        rescore(0, "0", "0 ||| cat ||| 1", "0 ||| cat  ||| 1", "0 ||| the ||| 2", "0 ||| a ||| 1"));
  }

  @Test
  void the_weighted_log_probability_is_added() throws IOException {
    Path line = Files.writeString(folder.resolve("line.txt"), "the cat\n");
    String logProbability =
        Cli.run("score", "--model", model, "--device", "cpu", line).out().split("\t")[0];
    List<String> lines = rescore(0, "-0.5", "0 ||| the cat ||| 3");
    double score = Double.parseDouble(lines.get(0).substring("0 ||| the cat ||| ".length()));
    assertEquals(3 - 0.5 * Double.parseDouble(logProbability), score, 1e-6);
  }

  @Test
  void a_likely_text_rises_above_an_unlikely_one() throws IOException {
    List<String> lines = rescore(0, "1", "0 ||| ttaachh ||| 0", "0 ||| the cat ||| 0");
    assertTrue(lines.get(0).startsWith("0 ||| the cat |||"), lines.get(0));
  }

  @Test
  void a_list_is_consecutive_lines_of_one_id() throws IOException {
    assertEquals(
        List.of("0 ||| a ||| 1.0", "1 ||| a ||| 2.0", "0 ||| a ||| 3.0"),
        rescore(0, "0", "0 ||| a ||| 1", "1 ||| a ||| 2", "0 ||| a ||| 3"));
  }

  @Test
  void the_features_of_moses_are_kept() throws IOException {
    assertEquals(
        List.of("0 ||| a ||| LM0= -1 ||| 1.0"), rescore(0, "0", "0 ||| a ||| LM0= -1 ||| 1"));
  }

  @Test
  void a_list_longer_than_a_block_is_ranked_whole() throws IOException {
    int size = LineScorer.BLOCK + 50;
    String[] nbest = new String[2 * size];
    for (int i = 0; i < nbest.length; i++) {
      nbest[i] = i / size + " ||| a ||| " + i;
    }
    List<String> lines = rescore(0, "0", nbest);
    for (int i = 0; i < nbest.length; i++) {
      int expected = i < size ? size - 1 - i : 3 * size - 1 - i;
      assertEquals(expected / size + " ||| a ||| " + expected + ".0", lines.get(i));
    }
  }

  @Test
  void a_malformed_line_is_refused_with_its_number() throws IOException {
    String err = rescore(1, "1", "0 ||| a ||| 1", "0 ||| a").get(0);
    assertTrue(err.contains("nbest.txt: line 2: expected id ||| hypothesis ||| score"), err);
  }

  @Test
  void a_hypothesis_outside_the_vocabulary_is_refused_with_its_number() throws IOException {
    String err = rescore(1, "1", "0 ||| a ||| 1", "0 ||| zebra ||| 1").get(0);
    assertTrue(err.contains("nbest.txt: line 2: 'z'"), err);
  }

  @Test
  void a_weight_must_be_finite() throws IOException {
    rescore(2, "NaN", "0 ||| a ||| 1");
  }

  /** Lines of standard output, of standard error if the status is not 0. */
  private static List<String> rescore(int status, String weight, String... nbest)
      throws IOException {
    Path file = Files.write(folder.resolve("nbest.txt"), List.of(nbest));
    List<Object> args = new ArrayList<>(List.of("rescore", "--model", model, "--device", "cpu"));
    args.addAll(List.of("--nbest", file, "--weight", weight));
    Cli.Result result = Cli.run(args.toArray());
    assertEquals(status, result.status(), result.err());
    return status == 0 ? result.outLines() : result.errLines();
  }
}
