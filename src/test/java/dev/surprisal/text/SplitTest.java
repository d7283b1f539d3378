package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
  @Test
  void two_or_three_fractions_make_a_split() {
    assertEquals(new Split(0.9, 0.1, 0), Split.parse("0.9,0.1"));
    assertEquals(new Split(0.8, 0.1, 0.1), Split.parse("0.8, 0.1, .1"));
    assertEquals(new Split(1, 0, 0), Split.parse("1,0,0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "0.9;0.1", "0.9,", "a,b", "0.7,0.1,0.1,0.1"})
  void what_is_not_two_or_three_numbers_is_refused(String fractions) {
    var e = assertThrows(IllegalArgumentException.class, () -> Split.parse(fractions));
    assertEquals(
        "\"" + fractions + "\" is not a split: expected two or three fractions such as 0.9,0.1,0",
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.9,0.2,0  | the fractions of a split must sum to 1, found 0.9 + 0.2 + 0.0 = 1.1",
        "0.9,0.05   | the fractions of a split must sum to 1, found 0.9 + 0.05 + 0.0 = 0.95",
        "1.1,-0.1   | the training fraction must be from 0 to 1, found 1.1",
        "0.9,-0.1,0 | the validation fraction must be from 0 to 1, found -0.1",
        "0.5,0.5,NaN| the test fraction must be from 0 to 1, found NaN",
        "0,1,0      | the training fraction is 0: nothing to train on",
      })
  void fractions_that_are_no_split_are_refused(String fractions, String message) {
    var e = assertThrows(IllegalArgumentException.class, () -> Split.parse(fractions));
    assertEquals(message, e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "0.9,0.1,0, 1115394, 1003854, 1115394",
    "0.29,0.29,0.42, 100, 29, 58",
    "0.8,0.1,0.1, 10, 8, 9",
    "0.8,0,0.2, 11, 8, 8",
    "1,0,0, 7, 7, 7",
    "0.5,0.5,0, 1, 0, 1",
    "0.9,0.1,0, 0, 0, 0",
    "0.5,0.25,0.25, 4611686018427387904, 2305843009213693952, 3458764513820540928",
  })
  void parts_are_cut_after_whole_tokens(
      double train, double valid, double test, long total, long trainEnd, long validEnd) {
    Split split = new Split(train, valid, test);
    assertEquals(trainEnd, split.trainEnd(total));
    assertEquals(validEnd, split.validEnd(total));
  }

  @Test
  void fractions_that_sum_to_nearly_one_leave_no_token_over() {
    assertEquals(1_000_000, new Split(1 / 3.0, 2 / 3.0, 0).validEnd(1_000_000));
    assertEquals(1_000_000, new Split(1 - 1e-10, 0, 0).trainEnd(1_000_000));
    Split above = new Split(0.5, 0.5 + 9e-10, 1e-20);
    assertEquals(10_000_000_000L, above.validEnd(10_000_000_000L));
  }
}
