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
    VectorMath.exp(x, x.length, scratch);
  }

  private void tanh(float[] x) {
    VectorMath.tanh(x, x.length, scratch);
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

  private void expOfArgument(float[] x) {
    for (int at = 0; at < x.length; at += Scratch.BLOCK) {
      int size = Math.min(Scratch.BLOCK, x.length - at);
      System.arraycopy(x, at, scratch.argument, 0, size);
      VectorMath.expOfArgument(size, scratch);
      System.arraycopy(scratch.argument, 0, x, at, size);
    }
  }

  @Test
  void exp_of_an_argument_is_as_good_until_it_would_be_denormal() {
    double worst = worstUlps(this::expOfArgument, StrictMath::exp, -0f, -86.6f);
    assertTrue(worst < 0.9904, "errs by " + worst);
    float[] x = {-88.1f, -128, -1e6f, -(1 << 20), 0, Float.NaN};
    expOfArgument(x);
    assertArrayEquals(new float[] {0, 0, 0, 0, 1, Float.NaN}, x);
  }

  @Test
  void exp_ends_in_0_and_in_infinity() {
    float[] x = {-128, -105, -104, -103, 0, -0f, 88, 89, 128, Float.NaN};
    exp(x);
    assertArrayEquals(
        new float[] {0, 0, 0, Float.MIN_VALUE, 1, 1, x[6], INFINITY, INFINITY, Float.NaN}, x);
    assertTrue(Float.isFinite(x[6]));
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
  void a_result_depends_neither_on_its_place_nor_on_how_many_there_are(int length) {
    float[] x = Samples.floats(Samples.normal(1, 4000, 5));
    float[] exp = x.clone();
    float[] tanh = x.clone();
    VectorMath.exp(exp, length, scratch);
    VectorMath.tanh(tanh, length, scratch);
    float[] one = new float[1];
    for (int i = 0; i < x.length; i++) {
      one[0] = x[i];
      exp(one);
      assertEquals(i < length ? one[0] : x[i], exp[i]);
      one[0] = x[i];
      tanh(one);
      assertEquals(i < length ? one[0] : x[i], tanh[i]);
    }
  }

  @Test
  void tanh_of_one_number_does_not_depend_on_its_neighbours() {
    float[] x = {0.3f, 1e30f, -INFINITY, Float.NaN, -0.7f};
    tanh(x);
    float[] alone = {0.3f};
    tanh(alone);
    assertEquals(alone[0], x[0]);
    assertArrayEquals(new float[] {x[0], 1, -1, Float.NaN, x[4]}, x);
  }

  @Test
  void smallest_and_largest_are_found_in_any_place_and_are_numbers() {
    for (int size = 1; size < 20; size++) {
      for (int place = 0; place < size; place++) {
        float[] x = new float[size + 2];
        Arrays.fill(x, -3);
        x[0] = 100;
        x[size + 1] = -100;
        x[1 + place] = -2;
        assertRange(size == 1 ? -2 : -3, -2, x);
        x[1 + place] = -4;
        assertRange(-4, size == 1 ? -4 : -3, x);
        x[1 + place] = Float.NaN;
        assertRange(size == 1 ? INFINITY : -3, size == 1 ? -INFINITY : -3, x);
      }
    }
  }

  /** Of all but the first and the last. */
  private void assertRange(float smallest, float largest, float[] x) {
    VectorMath.range(x, 1, x.length - 1, scratch);
    assertEquals(smallest, scratch.smallest);
    assertEquals(largest, scratch.largest);
  }

  @Test
  void cutting_and_subtracting_go_over_a_part() {
    float[] x = {-INFINITY, -INFINITY, -8, Float.NaN, 7, 9, INFINITY, INFINITY};
    VectorMath.clamp(x, 1, 7, 8);
    assertArrayEquals(new float[] {-INFINITY, -8, -8, Float.NaN, 7, 8, 8, INFINITY}, x);
    VectorMath.subtract(x, 4, 6, 7);
    assertArrayEquals(new float[] {-INFINITY, -8, -8, Float.NaN, 0, 1, 8, INFINITY}, x);
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

  @Test
  void a_sum_in_parts_loses_no_more_than_the_bound_of_its_three_additions() {
    for (int count : new int[] {0, 1, 127, 129, 1000, 1024}) {
      float[] x = new float[Scratch.BLOCK];
      double[] values = Samples.normal(count, count, 1);
      double sum = 0;
      for (int i = 0; i < count; i++) {
        x[i] = (float) Math.exp(3 * values[i]);
        sum += x[i];
      }
      Arrays.fill(x, count, x.length, 1e9f);
      assertEquals(sum, VectorMath.sumInParts(x, count), 3 * 0x1p-24 * sum);
    }
  }
}
