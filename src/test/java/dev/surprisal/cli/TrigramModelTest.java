package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TrigramModelTest {
  private static final double TOLERANCE = 1e-12;

  /**
   * The text a b a c (0 1 0 2) with V = 4, by hand.
   *
   * <p>No history: n = 4, t = 3, so p(a) = (2 + 3/4)/7 = 11/28, p(b) = p(c) = (1 + 3/4)/7 = 7/28,
   * p(d) = (3/4)/7 = 3/28. After a: b and c once each, n = 2, t = 2, so p(c | a) = (1 + 2 · 7/28)/4
   * = 3/8 and p(d | a) = (2 · 3/28)/4 = 3/56. After b a: c once, n = 1, t = 1, so p(c | b a) = (1 +
   * 3/8)/2 = 11/16 and p(d | b a) = 3/112.
   */
  @Test
  void a_text_of_four_tokens_gives_what_was_worked_out_by_hand() {
    TrigramModel model = new TrigramModel(new int[] {0, 1, 0, 2}, 4);
    assertEquals(11 / 28.0, model.probability(new int[] {0}, 0), TOLERANCE);
    assertEquals(3 / 28.0, model.probability(new int[] {3}, 0), TOLERANCE);
    assertEquals(3 / 8.0, model.probability(new int[] {0, 2}, 1), TOLERANCE);
    assertEquals(3 / 56.0, model.probability(new int[] {0, 3}, 1), TOLERANCE);
    assertEquals(11 / 16.0, model.probability(new int[] {1, 0, 2}, 2), TOLERANCE);
    assertEquals(3 / 112.0, model.probability(new int[] {1, 0, 3}, 2), TOLERANCE);
  }

  @Test
  void only_the_last_two_tokens_are_history() {
    TrigramModel model = new TrigramModel(new int[] {0, 1, 0, 2}, 4);
    assertEquals(11 / 16.0, model.probability(new int[] {3, 1, 0, 2}, 3), TOLERANCE);
  }

  @Test
  void a_history_that_was_never_seen_is_as_a_shorter_one() {
    TrigramModel model = new TrigramModel(new int[] {0, 1, 0, 2}, 4);
    assertEquals(3 / 8.0, model.probability(new int[] {3, 0, 2}, 2), TOLERANCE);
    assertEquals(7 / 28.0, model.probability(new int[] {3, 3, 2}, 2), TOLERANCE);
  }

  @Test
  void the_probabilities_after_any_history_sum_to_one() {
    int vocabularySize = 7;
    int[] text = new Random(1).ints(200, 0, vocabularySize - 1).toArray();
    TrigramModel model = new TrigramModel(text, vocabularySize);
    for (int first = 0; first < vocabularySize; first++) {
      for (int second = 0; second < vocabularySize; second++) {
        double sum = 0;
        for (int token = 0; token < vocabularySize; token++) {
          double probability = model.probability(new int[] {first, second, token}, 2);
          assertTrue(probability > 0);
          sum += probability;
        }
        assertEquals(1, sum, TOLERANCE);
      }
    }
  }

  @Test
  void the_loss_is_the_mean_surprisal_of_every_token_but_the_first() {
    TrigramModel model = new TrigramModel(new int[] {0, 1, 0, 2}, 4);
    int[] text = {1, 0, 2};
    double expected =
        -(Math.log(model.probability(text, 1)) + Math.log(model.probability(text, 2))) / 2;
    assertEquals(expected, model.loss(text), TOLERANCE);
  }
}
