package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.surprisal.device.LossCall.Gradient;
import dev.surprisal.device.LossCall.Result;
import dev.surprisal.oracle.CrossEntropyCase;
import dev.surprisal.oracle.CrossEntropyOracle.Options;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.LossRowsOracle;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.List;

/** Against PyTorch and the oracle; what users run into is in {@link KernelsLossCasesTest}. */
class KernelsCrossEntropyTest {
  private static final int IGNORED = -100;

  @OnEveryDevice
  void losses_and_gradients_are_those_of_pytorch(Bench bench) {
    for (CrossEntropyCase c : CrossEntropyCase.all()) {
      // Down to 1e-12 with the digits of a float: nothing absolute is allowed.
      Tolerance tolerance =
          c.name().startsWith("certain") ? new Tolerance(1.3e-6, 0) : Tolerance.FLOAT32;
      double divisor = divisor(bench, c);
      boolean single = c.options().reduction() == Reduction.NONE;
      Rows rows = Rows.of(c.logits(), c.classes()).arriving(single ? c.upstream() : null, divisor);
      for (Gradient where : Gradient.values()) {
        Result result = new LossCall(rows, loss(c)).run(bench, where);
        String name = c.name() + ", gradient " + where;
        tolerance.assertClose(
            "loss of " + name,
            c.loss(),
            single ? result.losses() : total(bench, result.losses(), divisor));
        if (where != Gradient.NONE) {
          tolerance.assertClose("gradient of " + name, c.gradient(), result.gradient());
        }
      }
    }
  }

  private static DenseLoss loss(CrossEntropyCase c) {
    return c.targets() != null
        ? DenseLoss.crossEntropy(c.targets(), c.options())
        : DenseLoss.crossEntropySoft(c.probabilities(), c.options());
  }

  private static double divisor(Bench bench, CrossEntropyCase c) {
    if (c.options().reduction() != Reduction.MEAN) {
      return 1;
    }
    if (c.targets() == null) {
      return (double) c.logits().length / c.classes();
    }
    Tensor sum = bench.output(1);
    Options options = c.options();
    bench
        .kernels()
        .losses()
        .targetWeight(
            bench.ints(c.targets()),
            c.classes(),
            options.ignoreIndex(),
            options.weights() == null ? null : bench.floats(options.weights()),
            sum);
    return sum.toFloats()[0];
  }

  private static float[] total(Bench bench, float[] losses, double divisor) {
    Tensor total = bench.output(1);
    bench
        .kernels()
        .losses()
        .reduceLosses(
            bench.floats(Samples.doubles(losses)),
            divisor == 1 ? null : bench.floats(new double[] {divisor}),
            total);
    return total.toFloats();
  }

  @OnEveryDevice
  void losses_and_gradients_of_classes_are_those_of_the_formula(Bench bench) {
    for (int classes : new int[] {1, 2, 31, 33, 127, 5000}) {
      for (int rows : new int[] {0, 1, 2, 7, 140}) {
        for (Options options : options(classes)) {
          int[] targets = Samples.integers(1, rows, classes);
          for (int row = 0; row < rows; row += 3) {
            targets[row] = options.ignoreIndex();
          }
          check(bench, classes, rows, DenseLoss.crossEntropy(targets, options));
        }
      }
    }
  }

  @OnEveryDevice
  void losses_and_gradients_of_distributions_are_those_of_the_formula(Bench bench) {
    for (int classes : new int[] {1, 2, 31, 33, 127, 5000}) {
      for (int rows : new int[] {0, 1, 2, 7, 140}) {
        for (Options options : options(classes)) {
          double[] probabilities = Samples.probabilities(1, rows, classes);
          check(bench, classes, rows, DenseLoss.crossEntropySoft(probabilities, options));
        }
      }
    }
  }

  /** Smoothing with and without weights and the other way round. */
  private static List<Options> options(int classes) {
    double[] weights = DenseLoss.weights(classes);
    List<Options> options =
        List.of(
            new Options(Reduction.NONE, 0, null, IGNORED),
            new Options(Reduction.NONE, 0.1f, null, classes - 1),
            new Options(Reduction.NONE, 0, weights, IGNORED),
            new Options(Reduction.NONE, 0.1f, weights, 0));
    return classes < 1000 ? options : options.subList(3, 4);
  }

  private static void check(Bench bench, int classes, int rows, DenseLoss loss) {
    Rows of = Rows.of(Samples.normal(3, rows * classes, 3), classes);
    if (rows % 2 == 0) {
      new LossCall(of, loss).check(bench, Gradient.SEPARATE);
    } else {
      double[] upstream = Samples.normal(4, rows, 1);
      new LossCall(of.arriving(upstream, rows), loss).check(bench, Gradient.IN_PLACE);
    }
  }

  @OnEveryDevice
  void a_distribution_on_one_class_is_as_exact_as_that_class(Bench bench) {
    double[] logits = new double[20 * 3];
    double[] probabilities = new double[logits.length];
    double[] certain = new double[20];
    Arrays.fill(certain, 1);
    for (int row = 0; row < 20; row++) {
      logits[3 * row] = 4 * row;
      probabilities[3 * row] = 1;
    }
    Options options = Options.of(Reduction.NONE);
    DenseLoss hard = DenseLoss.crossEntropy(new int[20], options);
    Rows rows = Rows.of(logits, 3);
    LossRowsOracle.Result expected = new LossCall(rows, hard).expected();
    for (DenseLoss loss :
        List.of(
            hard,
            DenseLoss.crossEntropySoft(probabilities, options),
            DenseLoss.crossEntropySparse(new int[20], certain, 1))) {
      Result result = new LossCall(rows, loss).run(bench, Gradient.SEPARATE);
      Tolerance relative = new Tolerance(1.3e-6, 0);
      relative.assertClose("losses of " + loss, expected.losses(), result.losses());
      relative.assertClose("gradient of " + loss, expected.gradient(), result.gradient());
    }
  }

  @OnEveryDevice
  void a_class_of_weight_zero_costs_nothing_even_where_it_is_masked(Bench bench) {
    double[] logits = {0, Double.NEGATIVE_INFINITY, 0};
    double[] weights = {1, 0, 1};
    double[] distribution = {0.5, 0.25, 0.25};
    for (double smoothing : new double[] {0, 0.1f}) {
      Options options = new Options(Reduction.NONE, smoothing, weights, IGNORED);
      for (DenseLoss loss :
          List.of(
              DenseLoss.crossEntropy(new int[] {0}, options),
              DenseLoss.crossEntropy(new int[] {1}, options),
              DenseLoss.crossEntropySoft(distribution, options))) {
        LossCall call = new LossCall(Rows.of(logits, 3), loss);
        Result result = call.run(bench, Gradient.SEPARATE);
        Tolerance.FLOAT32.assertClose("losses", call.expected().losses(), result.losses());
        Tolerance.FLOAT32.assertClose("gradient", call.expected().gradient(), result.gradient());
      }
    }
  }

  @OnEveryDevice
  void the_weight_of_targets_is_that_of_those_that_are_not_ignored(Bench bench) {
    LossKernels losses = bench.kernels().losses();
    for (int tokens : new int[] {0, 1, 33, 5000}) {
      int[] targets = Samples.integers(1, tokens, 31);
      double[] weights = DenseLoss.weights(31);
      for (int ignored : new int[] {IGNORED, 4}) {
        double counted = Arrays.stream(targets).filter(target -> target != ignored).count();
        double weighted =
            Arrays.stream(targets)
                .filter(target -> target != ignored)
                .mapToDouble(target -> weights[target])
                .sum();
        Tensor sum = bench.output(1);
        losses.targetWeight(bench.ints(targets), 31, ignored, null, sum);
        assertArrayEquals(new float[] {(float) counted}, sum.toFloats());
        losses.targetWeight(bench.ints(targets), 31, ignored, bench.floats(weights), sum);
        Tolerance.FLOAT32.assertClose("weight", new double[] {weighted}, sum.toFloats());
      }
    }
  }

  @OnEveryDevice
  void losses_are_summed_and_divided_by_what_is_not_0(Bench bench) {
    LossKernels kernels = bench.kernels().losses();
    Tensor total = bench.output(1);
    for (int size : new int[] {0, 1, 33, 5000}) {
      double[] values = Samples.normal(1, size, 1);
      double sum = Arrays.stream(values).sum();
      Tensor losses = bench.floats(values);
      Tolerance tolerance = Tolerance.FLOAT32.scaled(size);
      kernels.reduceLosses(losses, null, total);
      tolerance.assertClose("sum", new double[] {sum}, total.toFloats());
      kernels.reduceLosses(losses, bench.floats(new double[] {2.5}), total);
      tolerance.assertClose("mean", new double[] {sum / 2.5}, total.toFloats());
      kernels.reduceLosses(losses, bench.floats(new double[] {0}), total);
      assertArrayEquals(new float[1], total.toFloats());
    }
  }
}
