package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TokensTest {
  @Test
  void tokens_in_memory_are_a_copy() {
    int[] ids = {1, 2, 3};
    Tokens tokens = Tokens.of(ids);
    ids[0] = 9;
    assertEquals(3, tokens.size());
    assertArrayEquals(new int[] {1, 2, 3}, read(tokens, 0, 3));
  }

  @Test
  void reading_writes_only_where_it_is_asked_to() {
    int[] into = {-1, -1, -1, -1};
    Tokens.of(5, 6, 7).read(1, into, 2, 1);
    assertArrayEquals(new int[] {-1, -1, 6, -1}, into);
  }

  @Test
  void a_slice_is_a_view_with_numbers_of_its_own() {
    Tokens slice = Tokens.of(0, 1, 2, 3, 4, 5).slice(1, 5);
    assertEquals(4, slice.size());
    assertArrayEquals(new int[] {1, 2, 3, 4}, read(slice, 0, 4));
    assertArrayEquals(new int[] {3}, read(slice.slice(2, 3), 0, 1));
    assertEquals(0, slice.slice(4, 4).size());
  }

  @Test
  void a_range_outside_is_refused() {
    Tokens tokens = Tokens.of(0, 1, 2, 3, 4, 5);
    for (Tokens four : new Tokens[] {tokens.slice(1, 5), Tokens.of(0, 1, 2, 3)}) {
      int[] into = new int[10];
      assertThrows(IndexOutOfBoundsException.class, () -> four.read(-1, into, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> four.read(0, into, 0, 5));
      assertThrows(IndexOutOfBoundsException.class, () -> four.read(4, into, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> four.read(0, into, 0, -1));
      assertThrows(IndexOutOfBoundsException.class, () -> four.read(0, into, 9, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> four.read(1L << 32, into, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> four.slice(2, 5));
      assertThrows(IndexOutOfBoundsException.class, () -> four.slice(3, 2));
    }
  }

  @Test
  void closing_a_slice_leaves_the_whole_open() {
    Tokens tokens = Tokens.of(7);
    tokens.slice(0, 1).close();
    assertArrayEquals(new int[] {7}, read(tokens, 0, 1));
  }

  static int[] read(Tokens tokens, long from, int count) {
    int[] ids = new int[count];
    tokens.read(from, ids, 0, count);
    return ids;
  }
}
