package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 15, 16, 17, 31, 127, 1000, 65_536, 65_537, 100_003})
  void every_element_comes_exactly_once(long size) {
    Permutation permutation = new Permutation(size, 7);
    for (long epoch = 0; epoch < 3; epoch++) {
      assertArrayEquals(
          LongStream.range(0, size).toArray(),
          LongStream.of(order(permutation, epoch)).sorted().toArray());
    }
  }

  @Test
  void a_size_beyond_two_to_the_32_stays_in_range() {
    long size = (1L << 40) + 12_345;
    Permutation permutation = new Permutation(size, 7);
    Set<Long> seen = new HashSet<>();
    for (long i = 0; i < 10_000; i++) {
      long element = permutation.at(0, size - 1 - i);
      assertTrue(element >= 0 && element < size, "outside: " + element);
      assertTrue(seen.add(element), "twice: " + element);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 10, 37})
  void every_element_comes_at_every_place_equally_often(int size) {
    int epochs = 20_000;
    int[][] counts = new int[size][size];
    Permutation permutation = new Permutation(size, 7);
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int i = 0; i < size; i++) {
        counts[i][(int) permutation.at(epoch, i)]++;
      }
    }
    double expected = (double) epochs / size;
    double deviation = Math.sqrt(expected * (1 - 1.0 / size));
    for (int[] place : counts) {
      for (int count : place) {
        assertEquals(expected, count, 5 * deviation);
      }
    }
  }

  @Test
  void neighbours_are_torn_apart() {
    long[] order = order(new Permutation(10_000, 7), 0);
    long kept =
        LongStream.range(1, order.length)
            .filter(i -> Math.abs(order[(int) i] - order[(int) i - 1]) == 1)
            .count();
    assertTrue(kept < 15, "neighbours that stayed so (2 expected): " + kept);
  }

  private static long[] order(Permutation permutation, long epoch) {
    return LongStream.range(0, permutation.size()).map(i -> permutation.at(epoch, i)).toArray();
  }
}
