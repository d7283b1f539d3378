package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PhiloxTest {
  @Test
  void the_words_are_those_of_its_authors_known_answers() {
    assertWords(0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertWords(-1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertWords(
        0x85a308d3_243f6a88L,
        0x03707344_13198a2eL,
        0x299f31d0_a4093822L,
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  private static void assertWords(long low, long high, long key, int... expected) {
    int[] words = new int[4];
    Philox.words(low, high, key, words);
    assertArrayEquals(expected, words);
  }

  @Test
  void a_word_becomes_a_number_from_0_to_1() {
    assertEquals(0, Philox.uniform(0));
    assertEquals(0.5f, Philox.uniform(1 << 31));
    assertEquals(1 - 0x1p-24f, Philox.uniform(-1));
    assertEquals(0x1p-32, Philox.positive(0));
    assertEquals(1, Philox.positive(-1));
  }
}
