package dev.surprisal.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0.02143, 21.4 ns",
    "0.12345, 0.123 µs",
    "999, 999 µs",
    "1460, 1.46 ms",
    "239920, 240 ms",
    "2.5e6, 2.50 s"
  })
  void times_have_three_digits_and_a_unit_that_fits(double microseconds, String text) {
    assertEquals(text, Units.time(microseconds));
  }

  @ParameterizedTest
  @CsvSource({"12, 12.0 B", "8e6, 8.00 MB", "2.684e8, 268 MB", "3.35e12, 3.35 TB", "4e18, 4000 PB"})
  void amounts_have_three_digits_and_a_prefix_that_fits(double bytes, String text) {
    assertEquals(text, Units.amount(bytes, "B"));
  }

  @ParameterizedTest
  @CsvSource({"0.94512, 95%", "0.0312, 3.1%", "1.2, 120%"})
  void shares_are_percentages(double share, String text) {
    assertEquals(text, Units.percent(share));
  }
}
