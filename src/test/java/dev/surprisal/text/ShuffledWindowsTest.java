package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShuffledWindowsTest {
  private static final long SEED = 42;

  @ParameterizedTest
  @CsvSource({"2, 1, 1", "5, 4, 1", "5, 1, 4", "13, 3, 4", "100, 7, 3", "1001, 31, 32"})
  void the_windows_of_an_epoch_are_whole_and_all_different(int size, int batch, int window) {
    Batches batches = new ShuffledWindows(ContiguousStreamsTest.upTo(size), batch, window, SEED);
    assertEquals(batch, batches.batch());
    assertEquals(window, batches.window());
    assertEquals((size - 1) / window / batch, batches.count());
    assertFalse(batches.carriesState());
    Set<Integer> starts = new HashSet<>();
    int[] inputs = new int[batch * window];
    int[] targets = new int[batch * window];
    for (long index = 0; index < batches.count(); index++) {
      batches.fill(0, index, inputs, targets);
      for (int i = 0; i < inputs.length; i++) {
        assertEquals(inputs[i] + 1, targets[i]);
        assertEquals(inputs[i / window * window] + i % window, inputs[i]);
        if (i % window == 0) {
          assertEquals(0, inputs[i] % window);
          assertTrue(starts.add(inputs[i]), "twice: " + inputs[i]);
        }
      }
    }
    assertEquals(batches.count() * batch, starts.size());
  }

  @Test
  void the_order_depends_on_the_seed_and_the_epoch_only() {
    List<Integer> order = order(SEED, 3);
    assertEquals(order, order(SEED, 3));
    assertNotEquals(order, order(SEED, 4));
    assertNotEquals(order, order(SEED + 1, 3));
    assertNotEquals(order.stream().sorted().toList(), order);
  }

  @Test
  void a_batch_is_the_same_whether_or_not_those_before_it_were_read() {
    Batches first = new ShuffledWindows(ContiguousStreamsTest.upTo(1000), 4, 5, SEED);
    int[] inputs = new int[20];
    int[] targets = new int[20];
    for (long index = 0; index <= 7; index++) {
      first.fill(2, index, inputs, targets);
    }
    Batches resumed = new ShuffledWindows(ContiguousStreamsTest.upTo(1000), 4, 5, SEED);
    int[] resumedInputs = new int[20];
    int[] resumedTargets = new int[20];
    resumed.fill(2, 7, resumedInputs, resumedTargets);
    assertArrayEquals(inputs, resumedInputs);
    assertArrayEquals(targets, resumedTargets);
  }

  @Test
  void a_shape_or_an_index_that_does_not_fit_is_refused() {
    Tokens tokens = ContiguousStreamsTest.upTo(12);
    assertThrows(IllegalArgumentException.class, () -> new ShuffledWindows(tokens, 3, 4, SEED));
    Batches batches = new ShuffledWindows(tokens, 3, 3, SEED);
    int[] nine = new int[9];
    assertThrows(IndexOutOfBoundsException.class, () -> batches.fill(0, 1, nine, nine));
    assertThrows(IllegalArgumentException.class, () -> batches.fill(0, 0, nine, new int[8]));
  }

  private static List<Integer> order(long seed, long epoch) {
    Batches batches = new ShuffledWindows(ContiguousStreamsTest.upTo(1001), 1, 10, seed);
    List<Integer> order = new ArrayList<>();
    int[] inputs = new int[10];
    for (long index = 0; index < batches.count(); index++) {
      batches.fill(epoch, index, inputs, new int[10]);
      order.add(inputs[0] / 10);
    }
    return order;
  }
}
