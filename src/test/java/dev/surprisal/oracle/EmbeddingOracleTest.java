package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingOracleTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "7, 1, 3", "33, 31, 13"})
  void the_gradient_is_that_of_central_differences(int rows, int vocabulary, int width) {
    int[] tokens = Samples.integers(1, rows, vocabulary);
    double[] weight = Samples.normal(2, vocabulary * width, 1);
    double[] upstream = Samples.normal(3, rows * width, 1);
    CentralDifferences.check(
        "weight",
        w -> CentralDifferences.dot(upstream, EmbeddingOracle.forward(w, tokens, width)),
        weight,
        EmbeddingOracle.backward(upstream, tokens, vocabulary, width, -1));
  }

  @Test
  void a_token_seen_twice_gets_both_gradients() {
    assertArrayEquals(
        new double[] {0, 0, 11, 22, 5, 6},
        EmbeddingOracle.backward(new double[] {1, 2, 5, 6, 10, 20}, new int[] {1, 2, 1}, 3, 2, -1));
  }

  @Test
  void padding_gets_no_gradient() {
    assertArrayEquals(
        new double[] {0, 0, 0, 0, 5, 6},
        EmbeddingOracle.backward(new double[] {1, 2, 5, 6, 10, 20}, new int[] {1, 2, 1}, 3, 2, 1));
  }
}
