package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.AssertionFailedError;

class ToleranceTest {
  private static final Tolerance TOLERANCE = new Tolerance(0.01, 0.1);

  @Test
  void the_allowed_error_is_absolute_and_relative_to_what_is_expected() {
    TOLERANCE.assertClose("x", 100, 101.09);
    TOLERANCE.assertClose("x", -100, -101.09);
    assertThrows(AssertionFailedError.class, () -> TOLERANCE.assertClose("x", 100, 101.11));
    assertThrows(AssertionFailedError.class, () -> TOLERANCE.assertClose("x", 101.11, 100 - 0.01));
  }

  @Test
  void the_message_names_the_worst_value_and_what_was_allowed() {
    String message =
        assertThrows(
                AssertionFailedError.class,
                () ->
                    TOLERANCE.assertClose(
                        "grad", new double[] {1, 2, 300}, new float[] {1.5f, 7, 304}))
            .getMessage();
    assertEquals(
        "grad: 3 of 3 values are not close; worst at 1: expected 2.00000000, found 7.00000000,"
            + " apart 5.00, allowed 0.120",
        message);
  }

  @ParameterizedTest
  @CsvSource({"1, NaN", "NaN, NaN", "NaN, 1", "1, Infinity", "Infinity, 1", "Infinity, -Infinity"})
  void a_value_that_is_not_finite_is_close_to_nothing_else(double expected, double actual) {
    assertThrows(AssertionFailedError.class, () -> TOLERANCE.assertClose("x", expected, actual));
  }

  @Test
  void equal_infinities_are_close() {
    TOLERANCE.assertClose("x", Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }

  @Test
  void a_missing_value_is_a_failure() {
    assertThrows(
        AssertionFailedError.class, () -> TOLERANCE.assertClose("x", new double[2], new double[1]));
  }

  @Test
  void long_sums_are_allowed_the_square_root_of_their_length() {
    assertEquals(new Tolerance(0.04, 0.4), TOLERANCE.scaled(64 * 16));
    assertEquals(TOLERANCE, TOLERANCE.scaled(1));
  }

  @Test
  void the_absolute_part_follows_the_magnitude() {
    TOLERANCE.around(1000).assertClose("x", 0, 99);
    assertThrows(
        AssertionFailedError.class, () -> TOLERANCE.around(0.001).assertClose("x", 0, 0.01));
  }

  @Test
  void float32_is_as_strict_as_pytorch() {
    Tolerance.FLOAT32.assertClose("x", 1, 1 + 1.12e-5);
    assertTrue(Tolerance.BFLOAT16.rtol() > 1000 * Tolerance.FLOAT32.rtol());
    assertThrows(
        AssertionFailedError.class, () -> Tolerance.FLOAT32.assertClose("x", 1, 1 + 1.14e-5));
  }
}
