package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void quartiles_of_an_odd_number_are_samples() {
    Samples samples = new Samples(50, 10, 40, 20, 30);

    assertEquals(20, samples.quantile(0.25));
    assertEquals(30, samples.median());
    assertEquals(40, samples.quantile(0.75));
  }

  @Test
  void a_median_of_an_even_number_lies_between_two() {
    assertEquals(2.5, new Samples(4, 1, 3, 2).median());
  }

  @Test
  void one_sample_is_all_quantiles() {
    assertEquals(7, new Samples(7).quantile(0));
    assertEquals(7, new Samples(7).quantile(1));
  }

  @Test
  void no_sample_has_no_median() {
    assertThrows(IllegalArgumentException.class, Samples::new);
  }

  @Test
  void a_turn_is_about_a_run_and_not_about_a_sample() {
    Answer.Turn turn = new Samples(100, 300, 200).turn(10);

    assertEquals(new Answer.Turn(20, 15, 25, 3, 10, null), turn);
  }
}
