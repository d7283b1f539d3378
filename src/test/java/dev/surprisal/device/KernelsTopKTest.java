package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

class KernelsTopKTest {
  private static final double NEVER = Double.NEGATIVE_INFINITY;

  @OnEveryDevice
  void classes_come_out_by_falling_probability(Bench bench) {
    for (int classes : new int[] {1, 2, 31, 127, 257, 1500}) {
      double[] logits = Samples.normal(classes, 5 * classes, 3);
      for (int k : new int[] {1, 2, 5, 100, 1024, 1025, classes - 1, classes}) {
        if (k >= 1 && k <= classes) {
          assertSelected(bench, logits, classes, k);
        }
      }
    }
  }

  @OnEveryDevice
  void of_equal_logits_the_lower_class_comes_first(Bench bench) {
    for (int classes : new int[] {2, 31, 300}) {
      double[] logits = Samples.normal(classes, 5 * classes, 1);
      for (int i = 0; i < logits.length; i++) {
        logits[i] = Math.rint(logits[i]); // −0 and 0 are equal too
      }
      for (int k : new int[] {1, 2, 7, classes}) {
        if (k <= classes) {
          assertSelected(bench, logits, classes, k);
          assertSelected(bench, new double[2 * classes], classes, k);
        }
      }
    }
  }

  @OnEveryDevice
  void a_masked_class_has_no_probability_and_comes_last(Bench bench) {
    double[] logits = {NEVER, 1, NEVER, 0.5, NEVER, 2, NEVER, 3, 3, NEVER};
    assertSelected(bench, logits, 5, 3);
    assertSelected(bench, logits, 5, 5);
  }

  @OnEveryDevice
  void an_almost_certain_class_keeps_the_digits_of_its_log_probability(Bench bench) {
    double[] logits = new double[300];
    Arrays.fill(logits, -40);
    logits[123] = 0;
    double expected = -299 * Math.exp(-40);
    new Tolerance(1e-6, 0)
        .assertClose("log q", expected, select(bench, logits, 300, 1).logProbabilities()[0]);
  }

  @OnEveryDevice
  void logits_may_be_large(Bench bench) {
    for (double offset : new double[] {1 << 24, -(1 << 24)}) {
      double[] logits = new double[31];
      Arrays.fill(logits, offset);
      logits[7] += 2;
      assertSelected(bench, logits, 31, 31);
    }
  }

  @OnEveryDevice
  void logits_are_left_as_they_are(Bench bench) {
    double[] values = Samples.normal(1, 20 * 31, 1);
    Tensor logits = bench.floats(values, 20, 31);
    bench.kernels().losses().topK(logits, bench.intOutput(20, 5), bench.output(20, 5));
    assertArrayEquals(Samples.floats(values), logits.toFloats());
  }

  @OnEveryDevice
  void there_may_be_no_rows(Bench bench) {
    assertEquals(0, select(bench, new double[0], 31, 3).ids().length);
  }

  @OnEveryDevice
  void a_row_without_a_softmax_is_refused_and_nothing_is_written(Bench bench) {
    double[] logits = Samples.normal(1, 20 * 3, 1);
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      logits[19 * 3 + 1] = value;
      assertRowRefused(bench, logits, 19, value);
    }
    logits[19 * 3] = Double.NaN;
    assertRowRefused(bench, logits, 19, Double.NaN);
    Arrays.fill(logits, 19 * 3, 20 * 3, NEVER);
    assertRowRefused(bench, logits, 19, NEVER);
    logits[7 * 3] = Double.NaN;
    assertRowRefused(bench, logits, 7, Double.NaN);
  }

  private static void assertRowRefused(Bench bench, double[] logits, int row, double found) {
    Tensor placed = bench.floats(logits, 20, 3);
    Tensor ids = bench.intOutput(20, 2);
    Tensor logProbabilities = bench.output(20, 2);
    int[] before = Bench.bits(ids);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  bench.kernels().losses().topK(placed, ids, logProbabilities);
                  bench.device().synchronize();
                })
            .getMessage();
    assertEquals(
        "logits: expected a finite largest logit in row " + row + ", found " + (float) found,
        message);
    assertArrayEquals(before, Bench.bits(ids));
    assertTrue(Float.isNaN(logProbabilities.toFloats()[0]));
  }

  @OnEveryDevice
  void a_k_outside_its_range_is_refused(Bench bench) {
    Tensor logits = bench.output(2, 3);
    for (int k : new int[] {0, 4}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      bench
                          .kernels()
                          .losses()
                          .topK(logits, bench.intOutput(2, k), bench.output(2, k)))
              .getMessage();
      assertEquals("top-k: expected a k of 1 to 3, found " + k, message);
    }
  }

  private record Selected(int[] ids, float[] logProbabilities) {}

  private static Selected select(Bench bench, double[] logits, int classes, int k) {
    int rows = logits.length / classes;
    Tensor ids = bench.intOutput(rows, k);
    Tensor logProbabilities = bench.output(rows, k);
    bench.kernels().losses().topK(bench.floats(logits, rows, classes), ids, logProbabilities);
    return new Selected(ids.toInts(), logProbabilities.toFloats());
  }

  private static void assertSelected(Bench bench, double[] logits, int classes, int k) {
    int rows = logits.length / classes;
    int[] ids = new int[rows * k];
    double[] logProbabilities = new double[rows * k];
    for (int row = 0; row < rows; row++) {
      int at = row * classes;
      // Adding 0 makes a 0 of −0.
      int[] order =
          IntStream.range(0, classes)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer v) -> -(logits[at + v] + 0.0) + 0.0))
              .mapToInt(Integer::intValue)
              .toArray();
      double top = logits[at + order[0]];
      double rest = 0;
      for (int i = 1; i < classes; i++) {
        rest += Math.exp(logits[at + order[i]] - top);
      }
      for (int i = 0; i < k; i++) {
        ids[row * k + i] = order[i];
        logProbabilities[row * k + i] = logits[at + order[i]] - top - Math.log1p(rest);
      }
    }
    Selected found = select(bench, logits, classes, k);
    String what = k + " of " + classes;
    assertArrayEquals(ids, found.ids(), what);
    Tolerance.FLOAT32.assertClose(what, logProbabilities, found.logProbabilities());
  }
}
