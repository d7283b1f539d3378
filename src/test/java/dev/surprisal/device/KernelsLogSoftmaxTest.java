package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;

class KernelsLogSoftmaxTest {
  /** z − m − log1p(rest), the most probable class kept out of the rest. */
  private static double[] expected(double[] logits, int rows, int classes) {
    double[] expected = new double[rows * classes];
    for (int row = 0; row < rows; row++) {
      int first = row * classes;
      int top = first;
      for (int i = first; i < first + classes; i++) {
        top = logits[i] > logits[top] ? i : top;
      }
      double rest = 0;
      for (int i = first; i < first + classes; i++) {
        rest += i == top ? 0 : Math.exp(logits[i] - logits[top]);
      }
      for (int i = first; i < first + classes; i++) {
        expected[i] = logits[i] - logits[top] - Math.log1p(rest);
      }
    }
    return expected;
  }

  @OnEveryDevice
  void rows_are_the_logarithms_of_softmax(Bench bench) {
    for (int rows : new int[] {0, 1, 5, 140}) {
      for (int classes : new int[] {1, 2, 31, 127, 5003}) {
        double[] logits = Samples.normal(1, rows * classes, 3);
        Tensor z = bench.floats(logits, rows, classes);
        Tensor apart = bench.output(rows, classes);
        bench.kernels().losses().logSoftmax(z, null, 0, apart, 0);
        Tolerance.FLOAT32.assertClose(
            rows + " rows of " + classes, expected(logits, rows, classes), apart.toFloats());
        bench.kernels().losses().logSoftmax(z, null, 0, z, 0);
        assertArrayEquals(apart.toFloats(), z.toFloats(), "in place");
      }
    }
  }

  @OnEveryDevice
  void what_belongs_to_a_row_is_added_and_other_columns_stay(Bench bench) {
    double[] logits = Samples.normal(1, 5 * 31, 3);
    double[] offsets = Samples.normal(2, 5 * 3, 1);
    double[] before = Samples.normal(3, 5 * 40, 1);
    Tensor output = bench.floats(before, 5, 40);
    bench
        .kernels()
        .losses()
        .logSoftmax(bench.floats(logits, 5, 31), bench.floats(offsets, 5, 3), 2, output, 7);
    double[] all = before.clone();
    double[] own = expected(logits, 5, 31);
    for (int i = 0; i < own.length; i++) {
      all[i / 31 * 40 + 7 + i % 31] = own[i] + offsets[i / 31 * 3 + 2];
    }
    Tolerance.FLOAT32.assertClose("output", all, output.toFloats());
  }

  @OnEveryDevice
  void an_almost_certain_class_keeps_its_digits(Bench bench) {
    double[] logits = {0, 30, Double.NEGATIVE_INFINITY, 0x1p24, 0x1p24, -5};
    Tensor output = bench.output(2, 3);
    bench.kernels().losses().logSoftmax(bench.floats(logits, 2, 3), null, 0, output, 0);
    new Tolerance(1e-6, 0).assertClose("output", expected(logits, 2, 3), output.toFloats());
  }

  @OnEveryDevice
  void columns_that_are_not_there_are_refused(Bench bench) {
    Tensor logits = bench.output(5, 31);
    Tensor offsets = bench.output(5, 3);
    Tensor output = bench.output(5, 40);
    LossKernels losses = bench.kernels().losses();
    for (long first : new long[] {-1, 10, Long.MAX_VALUE}) {
      assertEquals(
          "log-softmax: expected output of 5 rows with 31 columns from "
              + first
              + " on, found [5, 40]",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> losses.logSoftmax(logits, offsets, 0, output, first))
              .getMessage());
    }
    for (long column : new long[] {-1, 3, Long.MAX_VALUE}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> losses.logSoftmax(logits, offsets, column, output, 0));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> losses.logSoftmax(logits, null, 0, bench.output(4, 40), 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> losses.logSoftmax(bench.output(5, 0), null, 0, output, 0));
  }
}
