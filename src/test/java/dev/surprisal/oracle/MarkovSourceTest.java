package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkovSourceTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 7, 31})
  void the_mean_surprisal_of_its_texts_is_its_entropy_rate(int symbols) {
    MarkovSource source = new MarkovSource(symbols, 1);
    double[] surprisals = source.surprisals(source.generate(200_001, 2));
    double mean = Arrays.stream(surprisals).average().orElseThrow();
    double error = MarkovSource.standardError(surprisals);
    assertEquals(source.entropyRate(), mean, 3 * error);
    assertTrue(error < 0.01, "the error is small enough to prove something: " + error);
  }

  @Test
  void its_symbols_depend_on_their_predecessors() {
    MarkovSource source = new MarkovSource(31, 1);
    int[] text = source.generate(100_000, 2);
    double[] frequency = new double[31];
    for (int symbol : text) {
      frequency[symbol] += 1.0 / text.length;
    }
    double unigram = Arrays.stream(frequency).map(f -> -f * Math.log(f)).sum();
    assertTrue(source.entropyRate() < 0.8 * unigram, source.entropyRate() + " of " + unigram);
  }

  @Test
  void one_symbol_has_no_entropy() {
    MarkovSource source = new MarkovSource(1, 1);
    assertEquals(0, source.entropyRate());
    assertArrayEquals(new int[5], source.generate(5, 1));
  }

  @Test
  void the_seed_decides_the_text() {
    MarkovSource source = new MarkovSource(31, 1);
    assertArrayEquals(source.generate(50, 3), new MarkovSource(31, 1).generate(50, 3));
    assertFalse(Arrays.equals(source.generate(50, 3), source.generate(50, 4)));
  }
}
