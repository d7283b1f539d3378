package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class Bfloat16Test {
  @Test
  void numbers_of_8_significant_bits_stay() {
    for (double value : new double[] {0, -0.0, 1, -255, 0x1.fep127, 0x1p-133, 0x1.02p-126}) {
      assertEquals(value, Bfloat16.rounded(value));
    }
  }

  @Test
  void others_go_to_the_nearest_and_ties_to_the_even_one() {
    assertEquals(256, Bfloat16.rounded(257.0));
    assertEquals(260, Bfloat16.rounded(259.0));
    assertEquals(258, Bfloat16.rounded(257.1));
    assertEquals(-260, Bfloat16.rounded(-259.0));
    assertEquals(0, Bfloat16.rounded(0x1p-134));
    assertEquals(0x1p-132, Bfloat16.rounded(0x1.8p-133));
  }

  @Test
  void what_is_too_large_is_infinite() {
    assertEquals(0x1.fep127, Bfloat16.rounded(0x1.fefffep127));
    assertEquals(Double.POSITIVE_INFINITY, Bfloat16.rounded(0x1.ffp127));
    assertEquals(Double.NEGATIVE_INFINITY, Bfloat16.rounded(Double.NEGATIVE_INFINITY));
    assertEquals(Double.NaN, Bfloat16.rounded(Double.NaN));
  }
}
