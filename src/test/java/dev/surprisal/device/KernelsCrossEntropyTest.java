package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.CrossEntropyCall.Gradient;
import dev.surprisal.device.CrossEntropyCall.Result;
import dev.surprisal.oracle.CrossEntropyCase;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.CrossEntropyOracle.Options;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Against PyTorch and the oracle; what users run into is in the test of the loss itself. */
class KernelsCrossEntropyTest {
  private static final int IGNORED = -100;
  private static final double[] ONE = {1};

  @OnEveryDevice
  void losses_and_gradients_are_those_of_pytorch(Bench bench) {
    for (CrossEntropyCase c : CrossEntropyCase.all()) {
      // Down to 1e-12 with the digits of a float: nothing absolute is allowed.
      Tolerance tolerance =
          c.name().startsWith("certain") ? new Tolerance(1.3e-6, 0) : Tolerance.FLOAT32;
      for (Gradient where : Gradient.values()) {
        Result result = CrossEntropyCall.of(c).run(bench, where);
        String name = c.name() + ", gradient " + where;
        float[] loss = result.total() == null ? result.losses() : result.total();
        tolerance.assertClose("loss of " + name, c.loss(), loss);
        if (where == Gradient.NONE) {
          assertNull(result.gradient());
        } else {
          tolerance.assertClose("gradient of " + name, c.gradient(), result.gradient());
        }
      }
    }
  }

  @OnEveryDevice
  void losses_and_gradients_of_classes_are_those_of_the_formula(Bench bench) {
    for (int classes : new int[] {1, 31, 33, 127, 5000}) {
      for (int rows : new int[] {0, 1, 2, 7, 140}) {
        for (Options options : options(classes)) {
          int[] targets = Samples.integers(1, rows, classes);
          for (int row = 0; row < rows; row += 3) {
            targets[row] = options.ignoreIndex();
          }
          check(bench, classes, rows, targets, null, options);
        }
      }
    }
  }

  @OnEveryDevice
  void losses_and_gradients_of_distributions_are_those_of_the_formula(Bench bench) {
    for (int classes : new int[] {1, 31, 33, 127, 5000}) {
      for (int rows : new int[] {0, 1, 2, 7, 140}) {
        for (Options options : options(classes)) {
          double[] probabilities = Samples.probabilities(1, rows, classes);
          check(bench, classes, rows, null, probabilities, options);
        }
      }
    }
  }

  /** Smoothing with and without weights and the other way round, each reduction with each. */
  private static List<Options> options(int classes) {
    double[] weights = Samples.probabilities(2, 1, classes);
    Arrays.setAll(weights, k -> (float) (weights[k] * classes));
    List<Options> options = new ArrayList<>();
    for (Reduction reduction : Reduction.values()) {
      options.add(new Options(reduction, 0, null, IGNORED));
      options.add(new Options(reduction, 0.1, null, classes - 1));
      options.add(new Options(reduction, 0, weights, IGNORED));
      options.add(new Options(reduction, 0.1, weights, 0));
    }
    return classes < 1000 ? options : options.subList(options.size() - 1, options.size());
  }

  private static void check(
      Bench bench, int classes, int rows, int[] targets, double[] probabilities, Options options) {
    double[] logits = Samples.normal(3, rows * classes, 3);
    double[] upstream = options.reduction() == Reduction.SUM ? null : Samples.normal(4, rows, 1);
    CrossEntropyCall call =
        new CrossEntropyCall(classes, logits, targets, probabilities, options, upstream, 0);
    Result result = call.run(bench, rows % 2 == 0 ? Gradient.SEPARATE : Gradient.IN_PLACE);
    String name = rows + " rows of " + classes + ", " + options;
    CrossEntropyOracle.Result single = call.expected(Reduction.NONE, ONE);
    Tolerance.FLOAT32.assertClose("losses of " + name, single.loss(), result.losses());
    CrossEntropyOracle.Result reduced =
        call.expected(options.reduction(), upstream == null || rows == 0 ? ONE : upstream);
    if (result.total() != null) {
      Tolerance.FLOAT32.assertClose("total of " + name, reduced.loss(), result.total());
    }
    double share = options.reduction() == Reduction.MEAN ? 1.0 / Math.max(1, rows) : 1;
    Tolerance.FLOAT32
        .around(share)
        .assertClose("gradient of " + name, reduced.gradient(), result.gradient());
  }

  @OnEveryDevice
  void without_a_gradient_the_logits_stay_as_they_are(Bench bench) {
    double[] values = Samples.normal(1, 7 * 33, 3);
    Tensor logits = bench.floats(values, 7, 33);
    Tensor losses = bench.output(7);
    bench
        .kernels()
        .crossEntropy(
            logits,
            bench.ints(Samples.integers(2, 7, 33)),
            null,
            CrossEntropyOptions.NONE,
            losses,
            null,
            null);
    assertArrayEquals(Samples.floats(values), logits.toFloats());
  }

  @OnEveryDevice
  void a_distribution_on_one_class_is_as_exact_as_that_class(Bench bench) {
    double[] logits = new double[20 * 3];
    int[] targets = new int[20];
    double[] probabilities = new double[logits.length];
    for (int row = 0; row < 20; row++) {
      logits[3 * row] = 4 * row;
      probabilities[3 * row] = 1;
    }
    Options options = Options.of(Reduction.NONE);
    CrossEntropyCall hard = new CrossEntropyCall(3, logits, targets, null, options, null, 0);
    CrossEntropyCall soft = new CrossEntropyCall(3, logits, null, probabilities, options, null, 0);
    CrossEntropyOracle.Result expected = hard.expected(Reduction.NONE, ONE);
    for (CrossEntropyCall call : List.of(hard, soft)) {
      Result result = call.run(bench, Gradient.SEPARATE);
      Tolerance relative = new Tolerance(1.3e-6, 0);
      relative.assertClose("losses", expected.loss(), result.losses());
      relative.assertClose("gradient", expected.gradient(), result.gradient());
    }
  }

  @OnEveryDevice
  void a_class_of_weight_zero_costs_nothing_even_where_it_is_masked(Bench bench) {
    double[] logits = {0, Double.NEGATIVE_INFINITY, 0, Double.NEGATIVE_INFINITY, 1, 2};
    double[] weights = {1, 0, 1};
    for (double smoothing : new double[] {0, 0.1}) {
      Options options = new Options(Reduction.NONE, smoothing, weights, IGNORED);
      double[] distribution = {0.5, 0.25, 0.25, 0, 0.5, 0.5};
      double[] first = Arrays.copyOf(logits, 3);
      double[] firstOf = Arrays.copyOf(distribution, 3);
      for (CrossEntropyCall call :
          List.of(
              new CrossEntropyCall(3, first, new int[] {0}, null, options, null, 0),
              new CrossEntropyCall(3, first, new int[] {1}, null, options, null, 0),
              new CrossEntropyCall(3, first, null, firstOf, options, null, 0))) {
        CrossEntropyOracle.Result expected = call.expected(Reduction.NONE, ONE);
        Result result = call.run(bench, Gradient.SEPARATE);
        Tolerance.FLOAT32.assertClose("losses", expected.loss(), result.losses());
        Tolerance.FLOAT32.assertClose("gradient", expected.gradient(), result.gradient());
      }
    }
  }

  @OnEveryDevice
  void a_row_that_is_no_distribution_is_refused_by_its_number(Bench bench) {
    Tensor logits = bench.floats(Samples.normal(1, 140 * 127, 1), 140, 127);
    double[] good = Samples.probabilities(2, 140, 127);
    assertRowRefused(bench, logits, with(good, 5 * 127, -1e-6), "found -1.0E-6 in row 5");
    assertRowRefused(bench, logits, with(good, 139 * 127, Double.NaN), "found NaN in row 139");
    assertRowRefused(
        bench, logits, with(good, 0, Double.POSITIVE_INFINITY), "found Infinity in row 0");
    assertRowRefused(bench, logits, with(good, 70 * 127, good[70 * 127] + 2e-3), "in row 70");
    assertRowRefused(bench, logits, new double[140 * 127], "found 0.0 in row ");
    int[] before = Bench.bits(logits);
    Tensor losses = bench.output(140);
    Tensor close = bench.floats(with(good, 3, good[3] + 0.9e-3), 140, 127);
    bench
        .kernels()
        .crossEntropySoft(logits, close, null, CrossEntropyOptions.NONE, losses, null, null);
    assertArrayEquals(before, Bench.bits(logits));
  }

  private static double[] with(double[] values, int index, double value) {
    double[] changed = values.clone();
    changed[index] = value;
    return changed;
  }

  private static void assertRowRefused(Bench bench, Tensor logits, double[] p, String row) {
    int[] before = Bench.bits(logits);
    Tensor losses = bench.output(140);
    Tensor total = bench.output(1);
    int[] lossesBefore = Bench.bits(losses);
    Tensor probabilities = bench.floats(p, 140, 127);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  bench
                      .kernels()
                      .crossEntropySoft(
                          logits,
                          probabilities,
                          null,
                          CrossEntropyOptions.MEAN,
                          losses,
                          total,
                          logits);
                  bench.device().synchronize();
                })
            .getMessage();
    assertTrue(message.contains(row), message);
    assertArrayEquals(before, Bench.bits(logits));
    assertArrayEquals(lossesBefore, Bench.bits(losses));
    assertTrue(Float.isNaN(total.toFloats()[0]));
  }

  @OnEveryDevice
  void a_total_goes_with_a_reduction_and_only_then(Bench bench) {
    Tensor logits = bench.output(2, 3);
    Tensor targets = bench.ints(new int[2]);
    Tensor losses = bench.output(2);
    Tensor total = bench.output(1);
    Kernels kernels = bench.kernels();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            kernels.crossEntropy(
                logits, targets, null, CrossEntropyOptions.NONE, losses, total, null));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            kernels.crossEntropy(
                logits, targets, null, CrossEntropyOptions.MEAN, losses, null, null));
  }

  @OnEveryDevice
  void logits_of_no_class_are_refused(Bench bench) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    bench
                        .kernels()
                        .crossEntropy(
                            bench.output(0, 0),
                            bench.ints(new int[0]),
                            null,
                            CrossEntropyOptions.NONE,
                            bench.output(0),
                            null,
                            null))
            .getMessage();
    assertEquals("cross-entropy: logits of no class at all", message);
  }
}
