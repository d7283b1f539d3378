package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Device;
import dev.surprisal.loss.Projected;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import dev.surprisal.text.UnknownTokenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScorerTest {
  private static final double CLOSE = 1e-5;

  private final Device device = Device.cpu(2);
  private final LanguageModel model = ModelSamples.model(device, "\nabcdef", 5, 11);

  @AfterEach
  void close_model_and_device() {
    model.close();
    device.close();
  }

  /** Lengths around the window of 32 and far from it, in no order; more than two batches of 32. */
  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    int[] lengths = {0, 1, 2, 30, 31, 32, 33, 62, 63, 64, 65, 300};
    for (int i = 0; i < 75; i++) {
      int length = i < lengths.length ? lengths[i] : i % 50;
      int[] ids = Arrays.stream(Samples.integers(i, length, 6)).map(id -> id + 1).toArray();
      lines.add(model.vocabulary().decode(ids));
    }
    Collections.shuffle(lines, new Random(1));
    return lines;
  }

  @Test
  void every_token_has_the_oracles_log_probability_after_a_line_end() {
    List<String> lines = lines();
    List<Score> scores = model.score(lines);
    assertEquals(lines.size(), scores.size());
    for (int i = 0; i < lines.size(); i++) {
      int[] ids = model.vocabulary().encode("\n" + lines.get(i) + "\n");
      Score score = scores.get(i);
      assertArrayEquals(Arrays.copyOfRange(ids, 1, ids.length), score.tokens());
      double[] expected =
          Arrays.stream(ModelSamples.surprisals(model, ids)).map(surprisal -> -surprisal).toArray();
      Tolerance.FLOAT32.assertClose("line " + i, expected, score.logProbabilities());
    }
  }

  @Test
  void a_lines_score_is_the_sum_of_its_tokens() {
    for (Score score : model.score(lines())) {
      assertEquals(Arrays.stream(score.logProbabilities()).sum(), score.logProbability(), 1e-12);
      assertEquals(score.tokens().length, score.logProbabilities().length);
    }
  }

  @Test
  void a_line_scores_the_same_whatever_is_scored_with_it() {
    List<String> lines = lines();
    List<Score> together = model.score(lines);
    for (int i = 0; i < lines.size(); i++) {
      assertClose(model.score(List.of(lines.get(i))).get(0), together.get(i));
    }
  }

  @Test
  void scores_come_in_the_order_of_the_lines() {
    List<String> lines = lines();
    List<Score> scores = model.score(lines);
    List<String> reversed = new ArrayList<>(lines);
    Collections.reverse(reversed);
    List<Score> scoresReversed = model.score(reversed);
    for (int i = 0; i < lines.size(); i++) {
      assertClose(scores.get(i), scoresReversed.get(lines.size() - 1 - i));
    }
  }

  private static void assertClose(Score expected, Score actual) {
    assertArrayEquals(expected.tokens(), actual.tokens());
    assertArrayEquals(expected.logProbabilities(), actual.logProbabilities(), CLOSE);
  }

  @Test
  void an_empty_line_is_its_line_end() {
    Score score = model.score(List.of("")).get(0);
    assertArrayEquals(new int[] {0}, score.tokens());
    Tolerance.FLOAT32.assertClose(
        "score", -ModelSamples.surprisals(model, 0, 0)[0], score.logProbability());
  }

  @Test
  void no_lines_have_no_scores() {
    assertEquals(List.of(), model.score(List.of()));
  }

  @Test
  void words_that_the_vocabulary_does_not_have_are_scored_as_unknown() {
    try (LanguageModel words =
        LanguageModel.create(device, ModelSamples.words(5), new ModelConfig(4, 4), 1)) {
      Score score = words.score(List.of("w3 never w2")).get(0);
      assertArrayEquals(new int[] {3, 0, 2, 1}, score.tokens());
      double expected = -Arrays.stream(ModelSamples.surprisals(words, 1, 3, 0, 2, 1)).sum();
      Tolerance.FLOAT32.assertClose("score", expected, score.logProbability());
    }
  }

  @Test
  void a_large_vocabulary_takes_the_memory_of_a_few_rows_and_changes_nothing() {
    int size = (1 << 22) / 8;
    try (LanguageModel words =
        LanguageModel.create(device, ModelSamples.words(size), new ModelConfig(2, 2), 1)) {
      List<String> lines = Collections.nCopies(9, "w7 w500000");
      long before = device.memory().current();
      List<Score> scores = words.score(lines);
      long logits = Projected.DEFAULT_BYTES;
      assertTrue(device.memory().peak() - before < 1.01 * logits, device.memory().toString());
      double[] expected = ModelSamples.surprisals(words, 1, 7, 500_000, 1);
      for (Score score : scores) {
        Tolerance.FLOAT32.assertClose(
            "score", -Arrays.stream(expected).sum(), score.logProbability());
      }
    }
  }

  @Test
  void a_character_outside_the_vocabulary_is_refused_by_name() {
    UnknownTokenException refused =
        assertThrows(UnknownTokenException.class, () -> model.score(List.of("abc", "axb")));
    assertTrue(refused.getMessage().startsWith("'x'"), refused.getMessage());
  }

  @Test
  void a_model_that_has_seen_no_line_end_says_that_it_cannot_score_lines() {
    try (LanguageModel other = ModelSamples.model(device, "ab", 2, 2)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> other.score(List.of("ab")));
      assertEquals(
          "this model has seen no line end, so it cannot score single lines: train it on a text of"
              + " several lines",
          refused.getMessage());
    }
  }
}
