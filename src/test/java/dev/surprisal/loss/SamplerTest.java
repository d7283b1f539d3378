package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.ChiSquare;
import dev.surprisal.device.Device;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final int MANY = 200_000;

  /** Counts of a text whose words are as frequent as Zipf has it. */
  private static long[] zipf(int classes) {
    long[] counts = new long[classes];
    Arrays.setAll(counts, v -> 1 + 1_000_000 / (v + 1));
    return counts;
  }

  private static double[] powers(long[] counts, double power) {
    double[] probabilities = Arrays.stream(counts).mapToDouble(n -> Math.pow(n, power)).toArray();
    double sum = Arrays.stream(probabilities).sum();
    return Arrays.stream(probabilities).map(p -> p / sum).toArray();
  }

  private static double[] logUniform(int classes) {
    double[] probabilities = new double[classes];
    Arrays.setAll(probabilities, v -> Math.log((v + 2.0) / (v + 1)) / Math.log(classes + 1.0));
    return probabilities;
  }

  private static void assertDraws(Bench bench, Sampler sampler, double[] probabilities) {
    double[] logs = Arrays.stream(probabilities).map(Math::log).toArray();
    Tolerance.FLOAT32.assertClose("log P", logs, sampler.logProbabilities().toFloats());
    int count = bench.draws(MANY);
    Tensor samples = bench.intOutput(count);
    sampler.draw(samples);
    int[] found = new int[probabilities.length];
    for (int sample : samples.toInts()) {
      found[sample]++;
    }
    double[] expected = Arrays.stream(probabilities).map(p -> p * count).toArray();
    ChiSquare.assertPlausible(probabilities.length + " classes", expected, found);
  }

  @OnEveryDevice
  void log_uniform_draws_follow_the_law_of_zipf(Bench bench) {
    for (int classes : new int[] {1, 2, 10, 500}) {
      try (Sampler sampler = Sampler.logUniform(bench.device(), classes, 3)) {
        assertDraws(bench, sampler, logUniform(classes));
      }
    }
  }

  @OnEveryDevice
  void unigram_draws_follow_the_counts(Bench bench) {
    for (int classes : new int[] {1, 2, 10, 500}) {
      for (double power : new double[] {0, 0.75, 1}) {
        try (Sampler sampler = Sampler.unigram(bench.device(), zipf(classes), power, 3)) {
          assertDraws(bench, sampler, powers(zipf(classes), power));
        }
      }
    }
  }

  @OnEveryDevice
  void each_draw_is_another_also_where_it_is_recorded(Bench bench) {
    Tensor samples = bench.intOutput(30);
    int[][] plain = new int[5][];
    try (Sampler sampler = Sampler.logUniform(bench.device(), 1000, 3)) {
      for (int step = 0; step < 5; step++) {
        sampler.draw(samples);
        plain[step] = samples.toInts();
        assertFalse(step > 0 && Arrays.equals(plain[0], plain[step]));
      }
    }
    try (Sampler sampler = Sampler.logUniform(bench.device(), 1000, 3);
        Recording recording = bench.device().recording(() -> sampler.draw(samples))) {
      for (int step = 0; step < 5; step++) {
        recording.run();
        assertArrayEquals(plain[step], samples.toInts(), "step " + step);
      }
      sampler.next(2);
      recording.run();
      assertArrayEquals(plain[2], samples.toInts());
    }
  }

  @OnEveryDevice
  void another_seed_draws_others(Bench bench) {
    Tensor samples = bench.intOutput(30);
    Tensor others = bench.intOutput(30);
    try (Sampler sampler = Sampler.logUniform(bench.device(), 1000, 3);
        Sampler other = Sampler.logUniform(bench.device(), 1000, 4)) {
      sampler.draw(samples);
      other.draw(others);
    }
    assertFalse(Arrays.equals(samples.toInts(), others.toInts()));
  }

  @Test
  void an_alias_table_holds_the_distribution_it_was_made_of() {
    double[][] distributions = {
      {1},
      {0.5, 0.5},
      {0.1, 0.2, 0.3, 0.4},
      powers(zipf(1000), 1),
      powers(zipf(1000), 4),
      logUniform(1000)
    };
    for (double[] probabilities : distributions) {
      AliasTable table = AliasTable.of(probabilities);
      double[] found = new double[probabilities.length];
      for (int v = 0; v < found.length; v++) {
        double threshold = table.thresholds()[v];
        assertTrue(threshold >= 0 && threshold <= 1, "threshold " + threshold);
        found[v] += threshold / found.length;
        found[table.aliases()[v]] += (1 - threshold) / found.length;
      }
      // Thresholds are floats.
      new Tolerance(1e-6, 0).assertClose("P", probabilities, found);
    }
  }

  @Test
  void what_nothing_can_be_drawn_from_is_refused() {
    try (Device device = Device.cpu(1)) {
      assertRefused(
          "a sampler draws from 1 class or more, found 0", () -> Sampler.logUniform(device, 0, 1));
      assertRefused(
          "a sampler draws from 1 class or more, found none",
          () -> Sampler.unigram(device, new long[0], 1, 1));
      for (long count : new long[] {0, -3}) {
        assertRefused(
            "a sampler takes counts above 0, found " + count + " of class 1",
            () -> Sampler.unigram(device, new long[] {5, count, 7}, 1, 1));
      }
      for (double power : new double[] {-0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
        assertRefused(
            "a sampler takes a finite power of 0 or more, found " + power,
            () -> Sampler.unigram(device, new long[] {5, 7}, power, 1));
      }
      assertRefused(
          "a power of 10.0 makes the probability of class 0 zero",
          () -> Sampler.unigram(device, new long[] {1, 1L << 60}, 10, 1));
    }
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
