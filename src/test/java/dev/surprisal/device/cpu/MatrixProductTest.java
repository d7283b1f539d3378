package dev.surprisal.device.cpu;

import dev.surprisal.device.Bench;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.TestDevices;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import org.junit.jupiter.api.Test;

class MatrixProductTest {
  private static final int[][] SIZES = {
    {1, 1, 1}, {1, 127, 33}, {127, 1, 31}, {31, 33, 1}, {5, 7, 0}, {17, 300, 129}, {333, 402, 555}
  };

  @Test
  void a_product_is_the_sum_of_its_terms_however_its_operands_lie() {
    Device cpu = TestDevices.ofKind("cpu").get(0);
    try (Workers workers = new Workers(2);
        Bench bench = Bench.odd(cpu)) {
      MatrixProduct product = new MatrixProduct(workers);
      for (int[] size : SIZES) {
        check(bench, product, size[0], size[1], size[2]);
      }
    }
  }

  private static void check(Bench bench, MatrixProduct product, int m, int n, int k) {
    double[] a = Samples.normal(1, m * k, 1);
    double[] b = Samples.normal(2, k * n, 1);
    double[] bias = Samples.normal(3, n, 1);
    double[] start = Samples.normal(4, m * n, 1);
    double[] startSums = Samples.normal(5, m, 1);
    double[] c = new double[m * n];
    double[] sums = new double[m];
    for (int i = 0; i < m; i++) {
      for (int l = 0; l < k; l++) {
        sums[i] += a[i * k + l];
        for (int j = 0; j < n; j++) {
          c[i * n + j] += a[i * k + l] * b[l * n + j];
        }
      }
    }
    Tolerance tolerance = Tolerance.FLOAT32.scaled(k).around(Math.sqrt(Math.max(1, k)));
    String what = m + " by " + n + " of " + k;
    Tensor atA = bench.floats(a, m, k);
    Tensor atB = bench.floats(b, k, n);
    Tensor transposedA = bench.floats(transpose(a, m, k), k, m);
    Tensor transposedB = bench.floats(transpose(b, k, n), n, k);

    Tensor plain = bench.output(m, n);
    product.plain(atA, atB, plain, m, n, k);
    tolerance.assertClose(what, c, plain.toFloats());

    Tensor withBias = bench.output(m, n);
    product.transposedB(atA, transposedB, bench.floats(bias), withBias, m, n, k);
    double[] biased = new double[m * n];
    java.util.Arrays.setAll(biased, i -> c[i] + bias[i % n]);
    tolerance.assertClose(what + " and a bias", biased, withBias.toFloats());

    Tensor fresh = bench.output(m, n);
    Tensor freshSums = bench.output(m);
    product.transposedA(transposedA, atB, freshSums, fresh, m, n, k, false);
    tolerance.assertClose(what + " of Aᵀ", c, fresh.toFloats());
    tolerance.assertClose("sums of " + what, sums, freshSums.toFloats());

    Tensor added = bench.floats(start, m, n);
    Tensor addedSums = bench.floats(startSums);
    product.transposedA(transposedA, atB, addedSums, added, m, n, k, true);
    tolerance.assertClose(what + ", added", sum(c, start), added.toFloats());
    tolerance.assertClose(
        "sums of " + what + ", added", sum(sums, startSums), addedSums.toFloats());
  }

  private static double[] transpose(double[] values, int rows, int columns) {
    double[] transposed = new double[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[j * rows + i] = values[i * columns + j];
      }
    }
    return transposed;
  }

  private static double[] sum(double[] left, double[] right) {
    double[] sum = new double[left.length];
    java.util.Arrays.setAll(sum, i -> left[i] + right[i]);
    return sum;
  }
}
