package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.Samples;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorMathTest {
  /** Every so many floats; with 1 the bounds are those of all floats, which takes minutes. */
  private static final int STRIDE = 64;

  /** Where an exhaustive search found the largest errors. */
  private static final float WORST_EXP = 70.4031f;

  private static final float WORST_TANH = -4.5050907f;

  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private final Scratch scratch = new Scratch();

  private interface InPlace {
    void apply(float[] x);
  }

  private void exp(float[] x) {
    VectorMath.exp(x, 0, x.length, 0, scratch);
  }

  private void tanh(float[] x) {
    VectorMath.tanh(x, 0, x.length, scratch);
  }

  @Test
  void exp_errs_by_less_than_one_ulp_wherever_its_result_is_neither_0_nor_infinite() {
    double worst =
        Math.max(
            worstUlps(this::exp, StrictMath::exp, 0, 89),
            worstUlps(this::exp, StrictMath::exp, -0f, -105));
    assertTrue(worst < 0.9904, "errs by " + worst);
    assertEquals(0.9903, ulps(this::exp, StrictMath::exp, WORST_EXP), 1e-4);
  }

  @Test
  void tanh_errs_by_no_more_than_two_and_a_half_ulps() {
    double worst =
        Math.max(
            worstUlps(this::tanh, StrictMath::tanh, 0, 20),
            worstUlps(this::tanh, StrictMath::tanh, -0f, -20));
    assertTrue(worst < 2.4984, "errs by " + worst);
    assertEquals(2.4984, ulps(this::tanh, StrictMath::tanh, WORST_TANH), 1e-4);
  }

  /** The largest error over floats between two of one sign, in units in the last place. */
  private static double worstUlps(
      InPlace ours, DoubleUnaryOperator exact, float first, float last) {
    int from = Float.floatToIntBits(first);
    int to = Float.floatToIntBits(last);
    float[] x = new float[4096];
    float[] y = new float[x.length];
    double worst = 0;
    for (int at = from; at <= to; at += STRIDE * x.length) {
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.intBitsToFloat(Math.min(at + STRIDE * i, to));
      }
      System.arraycopy(x, 0, y, 0, x.length);
      ours.apply(y);
      for (int i = 0; i < x.length; i++) {
        worst = Math.max(worst, ulps(exact.applyAsDouble(x[i]), y[i]));
      }
    }
    return worst;
  }

  private static double ulps(InPlace ours, DoubleUnaryOperator exact, float x) {
    float[] y = {x};
    ours.apply(y);
    return ulps(exact.applyAsDouble(x), y[0]);
  }

  /** How far a float is from the exact value, in units of the float nearest to that. */
  private static double ulps(double exact, float found) {
    float nearest = (float) exact;
    return found == nearest ? 0 : Math.abs(found - exact) / Math.ulp(nearest);
  }

  @Test
  void exp_ends_in_0_and_in_infinity() {
    float[] x = {-INFINITY, -1e30f, -105, -104, -103, 0, -0f, 88, 89, 1e30f, INFINITY, Float.NaN};
    float[] expected = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i] = (float) StrictMath.exp(x[i]);
    }
    exp(x);
    assertArrayEquals(expected, x, 1e32f);
    assertEquals(0, x[0]);
    assertEquals(Float.MIN_VALUE, x[4], "the smallest float but 0");
    assertEquals(1, x[5]);
    assertEquals(1, x[6]);
    assertTrue(Float.isFinite(x[7]));
    assertEquals(INFINITY, x[10]);
    assertTrue(Float.isNaN(x[11]));
  }

  @Test
  void exp_takes_a_shift_off_first() {
    float[] x = {1, -INFINITY, 1e30f, Float.NaN, 3};
    VectorMath.exp(x, 0, 4, 1, scratch);
    assertArrayEquals(new float[] {1, 0, INFINITY, Float.NaN, 3}, x);
    float[] allMasked = {-INFINITY, -INFINITY};
    VectorMath.exp(allMasked, 0, 2, -INFINITY, scratch);
    assertTrue(Float.isNaN(allMasked[0]), "−∞ less −∞ is no number");
  }

  @Test
  void tanh_ends_in_1_and_passes_what_is_no_number_on() {
    float[] x = {INFINITY, -INFINITY, 1e30f, -9.5f, 20, 0, Float.NaN};
    tanh(x);
    assertArrayEquals(new float[] {1, -1, 1, -1, 1, 0, Float.NaN}, x);
  }

  @Test
  void tanh_of_a_tiny_number_is_that_number() {
    float[] x = {Float.MIN_VALUE, -Float.MIN_VALUE, 1e-40f, Float.MIN_NORMAL, -1e-20f};
    float[] y = x.clone();
    tanh(y);
    assertArrayEquals(x, y);
  }

  @Test
  void tanh_never_leaves_its_range() {
    float[] x = new float[100_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = 7 + i * 5e-5f;
    }
    tanh(x);
    for (float y : x) {
      assertTrue(y > 0.9999f && y <= 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 7, 1023, 1024, 1025, 3000})
  void a_result_depends_on_neither_place_nor_length(int length) {
    float[] x = Samples.floats(Samples.normal(1, 4000, 5));
    float[] expExpected = x.clone();
    float[] tanhExpected = x.clone();
    for (int i = 0; i < length; i++) {
      VectorMath.exp(expExpected, 500 + i, 501 + i, 2, scratch);
      VectorMath.tanh(tanhExpected, 500 + i, 501 + i, scratch);
    }
    float[] found = x.clone();
    VectorMath.exp(found, 500, 500 + length, 2, scratch);
    assertArrayEquals(expExpected, found);
    found = x.clone();
    VectorMath.tanh(found, 500, 500 + length, scratch);
    assertArrayEquals(tanhExpected, found);
  }

  @Test
  void the_largest_is_found_in_any_place() {
    for (int size = 1; size < 20; size++) {
      for (int place = 0; place < size; place++) {
        float[] x = new float[size + 2];
        Arrays.fill(x, -3);
        x[0] = 100;
        x[size + 1] = 100;
        x[1 + place] = -2;
        assertEquals(-2, VectorMath.max(x, 1, size + 1));
        x[1 + place] = Float.NaN;
        assertTrue(Float.isNaN(VectorMath.max(x, 1, size + 1)));
      }
    }
    assertEquals(-INFINITY, VectorMath.max(new float[3], 1, 1));
  }

  @Test
  void sums_are_taken_in_double_precision_over_a_part() {
    double[] values = Samples.normal(1, 1003, 1);
    float[] x = Samples.floats(values);
    for (int to : new int[] {2, 3, 4, 5, 6, 7, 1003}) {
      double[] part = Arrays.copyOfRange(values, 2, to);
      assertEquals(Arrays.stream(part).sum(), VectorMath.sum(x, 2, to), 1e-12);
      double squares = Arrays.stream(part).map(value -> value * value).sum();
      assertEquals(squares, VectorMath.sumOfSquares(x, 2, to), 1e-12 * (1 + squares));
    }
    assertEquals(1e-8, VectorMath.sum(new float[] {1, -1, 1e-8f}, 0, 3), 1e-15);
  }

  @Test
  void scaling_and_adding_go_over_a_part() {
    float[] x = {1, 2, 3, 4};
    VectorMath.scale(x, 1, 3, 10);
    assertArrayEquals(new float[] {1, 20, 30, 4}, x);
    float[] sum = {1, 1, 1};
    VectorMath.add(sum, x, 1, 2);
    assertArrayEquals(new float[] {21, 31, 1}, sum);
  }
}
