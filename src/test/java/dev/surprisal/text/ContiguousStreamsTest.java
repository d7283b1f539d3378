package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContiguousStreamsTest {
  @Test
  void each_row_goes_on_where_it_ended() {
    // 16 tokens: two streams of 7 inputs, the last of each and the last token left out.
    Batches batches = new ContiguousStreams(upTo(16), 2, 3);
    assertEquals(2, batches.batch());
    assertEquals(3, batches.window());
    assertEquals(2, batches.count());
    assertTrue(batches.carriesState());
    assertBatch(batches, 0, new int[] {0, 1, 2, 7, 8, 9}, new int[] {1, 2, 3, 8, 9, 10});
    assertBatch(batches, 1, new int[] {3, 4, 5, 10, 11, 12}, new int[] {4, 5, 6, 11, 12, 13});
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 1", "5, 4, 1", "5, 1, 4", "13, 3, 4", "100, 7, 3", "1000, 31, 32"})
  void every_input_is_read_once_and_followed_by_its_target(int size, int batch, int window) {
    Batches batches = new ContiguousStreams(upTo(size), batch, window);
    int[] inputs = new int[batch * window];
    int[] targets = new int[batch * window];
    int[] seen = new int[size];
    for (long index = 0; index < batches.count(); index++) {
      batches.fill(0, index, inputs, targets);
      for (int i = 0; i < inputs.length; i++) {
        assertEquals(inputs[i] + 1, targets[i]);
        seen[inputs[i]]++;
      }
    }
    assertTrue(IntStream.of(seen).allMatch(count -> count <= 1));
    long used = IntStream.of(seen).sum();
    assertEquals(batches.count() * batch * window, used);
    assertTrue(size - 1 - used < (long) batch * (window + 1), "left out: " + (size - 1 - used));
  }

  @Test
  void every_epoch_is_the_same() {
    Batches batches = new ContiguousStreams(upTo(16), 2, 3);
    int[] inputs = new int[6];
    batches.fill(5, 1, inputs, new int[6]);
    assertArrayEquals(new int[] {3, 4, 5, 10, 11, 12}, inputs);
  }

  @Test
  void a_shape_that_the_text_cannot_fill_is_refused_with_one_that_fits() {
    new ContiguousStreams(upTo(13), 3, 4);
    assertRefused(
        12,
        3,
        4,
        "a text of 12 tokens is too short for batch 3 and window 4, which need 13: the largest"
            + " window that fits is 3");
    assertRefused(
        12,
        20,
        1,
        "a text of 12 tokens is too short for batch 20 and window 1, which need 21: choose a"
            + " smaller batch or give a longer text");
    assertRefused(
        0,
        1,
        1,
        "a text of 0 tokens is too short for batch 1 and window 1, which need 2: choose a smaller"
            + " batch or give a longer text");
  }

  @Test
  void a_shape_that_is_none_is_refused() {
    assertRefused(9, 0, 4, "batch 0, window 4: expected both to be at least 1");
    assertRefused(9, 3, -1, "batch 3, window -1: expected both to be at least 1");
    assertRefused(
        9,
        1 << 16,
        1 << 15,
        "batch 65536 times window 32768 is larger than 2^31 - 1: choose smaller ones");
  }

  @Test
  void an_index_or_an_array_that_does_not_fit_is_refused() {
    Batches batches = new ContiguousStreams(upTo(16), 2, 3);
    int[] six = new int[6];
    assertThrows(IndexOutOfBoundsException.class, () -> batches.fill(0, 2, six, six));
    assertThrows(IndexOutOfBoundsException.class, () -> batches.fill(0, -1, six, six));
    assertThrows(IndexOutOfBoundsException.class, () -> batches.fill(-1, 0, six, six));
    var e = assertThrows(IllegalArgumentException.class, () -> batches.fill(0, 0, six, new int[7]));
    assertEquals("targets has 7 elements, expected batch 2 times window 3 = 6", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> batches.fill(0, 0, new int[5], six));
  }

  static Tokens upTo(int size) {
    return Tokens.of(IntStream.range(0, size).toArray());
  }

  private static void assertBatch(Batches batches, long index, int[] inputs, int[] targets) {
    int[] foundInputs = new int[inputs.length];
    int[] foundTargets = new int[targets.length];
    batches.fill(0, index, foundInputs, foundTargets);
    assertArrayEquals(inputs, foundInputs);
    assertArrayEquals(targets, foundTargets);
  }

  private static void assertRefused(int size, int batch, int window, String message) {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> new ContiguousStreams(upTo(size), batch, window));
    assertEquals(message, e.getMessage());
  }
}
