package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.Samples;
import java.util.Arrays;

class KernelsSampleTest {
  private static final int ROWS = 20_000;
  private static final double NEVER = Double.NEGATIVE_INFINITY;

  @OnEveryDevice
  void temperature_0_takes_the_most_probable_token(Bench bench) {
    double[] logits = Samples.normal(1, 20 * 127, 3);
    int[] expected = new int[20];
    for (int row = 0; row < 20; row++) {
      for (int k = 1; k < 127; k++) {
        if (logits[row * 127 + k] > logits[row * 127 + expected[row]]) {
          expected[row] = k;
        }
      }
    }
    assertArrayEquals(expected, sample(bench, logits, 127, new SampleOptions(0, 0, 1), 1, 2));
    assertArrayEquals(expected, sample(bench, logits, 127, new SampleOptions(1, 1, 1), 1, 2));
    assertArrayEquals(expected, sample(bench, logits, 127, new SampleOptions(1, 0, 1e-9f), 1, 2));
  }

  @OnEveryDevice
  void tokens_are_drawn_as_often_as_they_are_probable(Bench bench) {
    for (int classes : new int[] {1, 2, 31, 127}) {
      double[] row = Samples.normal(1, classes, 2);
      assertPlausible(bench, row, SampleOptions.DEFAULT, softmax(row, 1));
    }
  }

  @OnEveryDevice
  void a_temperature_divides_the_logits(Bench bench) {
    double[] row = Samples.normal(1, 31, 2);
    for (float temperature : new float[] {0.5f, 2, 10}) {
      assertPlausible(bench, row, new SampleOptions(temperature, 0, 1), softmax(row, temperature));
    }
  }

  @OnEveryDevice
  void a_masked_token_is_never_drawn(Bench bench) {
    double[] row = {NEVER, 1, NEVER, 0.5, NEVER};
    assertPlausible(bench, row, SampleOptions.DEFAULT, softmax(row, 1));
    assertPlausible(bench, row, new SampleOptions(1e6f, 4, 1), softmax(row, 1e6));
  }

  @OnEveryDevice
  void top_k_leaves_the_k_most_probable_tokens(Bench bench) {
    double[] p = {0.1, 0.4, 0.2, 0.3};
    assertPlausible(
        bench, log(p), new SampleOptions(1, 2, 1), new double[] {0, 4.0 / 7, 0, 3.0 / 7});
    assertPlausible(
        bench, log(p), new SampleOptions(1, 3, 1), new double[] {0, 4.0 / 9, 2.0 / 9, 3.0 / 9});
    assertPlausible(bench, log(p), new SampleOptions(1, 1000, 1), p);
  }

  @OnEveryDevice
  void top_p_leaves_as_few_tokens_as_have_that_probability(Bench bench) {
    double[] p = {0.1, 0.4, 0.2, 0.3};
    assertPlausible(bench, log(p), new SampleOptions(1, 0, 0.39f), new double[] {0, 1, 0, 0});
    assertPlausible(
        bench, log(p), new SampleOptions(1, 0, 0.41f), new double[] {0, 4.0 / 7, 0, 3.0 / 7});
    assertPlausible(
        bench, log(p), new SampleOptions(1, 0, 0.69f), new double[] {0, 4.0 / 7, 0, 3.0 / 7});
    assertPlausible(
        bench, log(p), new SampleOptions(1, 0, 0.71f), new double[] {0, 4.0 / 9, 2.0 / 9, 3.0 / 9});
    assertPlausible(bench, log(p), new SampleOptions(1, 0, 0.91f), p);
  }

  @OnEveryDevice
  void top_p_is_a_share_of_what_temperature_and_top_k_leave(Bench bench) {
    double[] p = {0.1, 0.4, 0.2, 0.3};
    // Of two, the first has 0.57; of all, 0.4.
    assertPlausible(bench, log(p), new SampleOptions(1, 2, 0.5f), new double[] {0, 1, 0, 0});
    // At temperature 0.5 the first has 0.53.
    assertPlausible(bench, log(p), new SampleOptions(0.5f, 0, 0.5f), new double[] {0, 1, 0, 0});
  }

  @OnEveryDevice
  void the_same_seed_and_counter_draw_the_same_tokens(Bench bench) {
    double[] logits = Samples.normal(1, 200 * 31, 1);
    int[] first = sample(bench, logits, 31, SampleOptions.DEFAULT, 3, 4);
    assertArrayEquals(first, sample(bench, logits, 31, SampleOptions.DEFAULT, 3, 4));
    assertFalse(
        Arrays.equals(first, sample(bench, logits, 31, SampleOptions.DEFAULT, 3, 5)), "counter");
    assertFalse(
        Arrays.equals(first, sample(bench, logits, 31, SampleOptions.DEFAULT, 4, 4)), "seed");
  }

  @OnEveryDevice
  void draws_of_one_row_at_successive_counters_are_plausible_too(Bench bench) {
    double[] row = {0.5, 1, -1, 0};
    Tensor logits = bench.floats(row, 1, 4);
    Tensor token = bench.intOutput(1);
    int[] counts = new int[4];
    int draws = 5000;
    for (int counter = 0; counter < draws; counter++) {
      bench.kernels().sample(logits, SampleOptions.DEFAULT, 1, counter, token);
      counts[token.toInts()[0]]++;
    }
    double[] expected = softmax(row, 1);
    Arrays.setAll(expected, k -> expected[k] * draws);
    ChiSquare.assertPlausible("one row", expected, counts);
  }

  @OnEveryDevice
  void logits_are_left_as_they_are(Bench bench) {
    double[] values = Samples.normal(1, 20 * 31, 1);
    Tensor logits = bench.floats(values, 20, 31);
    bench.kernels().sample(logits, new SampleOptions(0.5f, 5, 0.5f), 1, 2, bench.intOutput(20));
    assertArrayEquals(Samples.floats(values), logits.toFloats());
  }

  @OnEveryDevice
  void there_may_be_no_rows(Bench bench) {
    assertEquals(0, sample(bench, new double[0], 31, SampleOptions.DEFAULT, 1, 2).length);
  }

  @OnEveryDevice
  void a_row_that_no_token_can_be_drawn_from_is_refused(Bench bench) {
    double[] logits = Samples.normal(1, 20 * 3, 1);
    logits[19 * 3 + 1] = Double.NaN;
    assertRowRefused(bench, logits);
    logits[19 * 3 + 1] = Double.POSITIVE_INFINITY;
    assertRowRefused(bench, logits);
    Arrays.fill(logits, 19 * 3, 20 * 3, NEVER);
    assertRowRefused(bench, logits);
  }

  private static void assertRowRefused(Bench bench, double[] logits) {
    Tensor placed = bench.floats(logits, 20, 3);
    Tensor tokens = bench.intOutput(20);
    int[] before = tokens.toInts();
    for (SampleOptions options :
        new SampleOptions[] {SampleOptions.DEFAULT, new SampleOptions(0, 0, 1)}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> {
                    bench.kernels().sample(placed, options, 1, 2, tokens);
                    bench.device().synchronize();
                  })
              .getMessage();
      assertTrue(message.startsWith("logits: ") && message.contains("row 19"), message);
    }
    assertArrayEquals(before, tokens.toInts());
  }

  @OnEveryDevice
  void logits_of_no_class_are_refused(Bench bench) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    bench
                        .kernels()
                        .sample(
                            bench.output(2, 0), SampleOptions.DEFAULT, 1, 2, bench.intOutput(2)))
            .getMessage();
    assertEquals("sample: expected logits of 1 class or more, found none", message);
  }

  /** Draws from many equal rows. */
  private static void assertPlausible(
      Bench bench, double[] row, SampleOptions options, double[] probabilities) {
    int rows = bench.draws(ROWS);
    double[] logits = new double[rows * row.length];
    Arrays.setAll(logits, i -> row[i % row.length]);
    int[] counts = new int[row.length];
    for (int token : sample(bench, logits, row.length, options, 7, 8)) {
      counts[token]++;
    }
    double[] expected = Arrays.stream(probabilities).map(p -> p * rows).toArray();
    ChiSquare.assertPlausible(options.toString(), expected, counts);
  }

  private static double[] softmax(double[] logits, double temperature) {
    double[] p = Arrays.stream(logits).map(z -> Math.exp(z / temperature)).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(value -> value / sum).toArray();
  }

  private static double[] log(double[] p) {
    return Arrays.stream(p).map(Math::log).toArray();
  }

  private static int[] sample(
      Bench bench, double[] logits, int classes, SampleOptions options, long seed, long counter) {
    int rows = logits.length / classes;
    Tensor tokens = bench.intOutput(rows);
    bench.kernels().sample(bench.floats(logits, rows, classes), options, seed, counter, tokens);
    return tokens.toInts();
  }
}
