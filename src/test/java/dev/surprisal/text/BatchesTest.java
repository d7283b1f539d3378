package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for both ways of cutting batches. */
class BatchesTest {
  private static final int BATCH = 7;
  private static final int WINDOW = 33;

  @TempDir Path folder;

  @Test
  void filling_allocates_nothing() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int[] inputs = new int[BATCH * WINDOW];
    int[] targets = new int[BATCH * WINDOW];
    try (Tokens tokens = mapped(100_000)) {
      for (Batches batches : bothWays(tokens)) {
        batches.fill(0, 0, inputs, targets);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (long index = 0; index < batches.count(); index++) {
          batches.fill(1, index, inputs, targets);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 1000, allocated + " bytes in " + batches.count() + " batches");
      }
    }
  }

  @Test
  void a_mapped_text_gives_the_batches_of_one_in_memory() throws IOException {
    try (Tokens mapped = mapped(10_000)) {
      List<Batches> fromFile = bothWays(mapped);
      List<Batches> fromMemory = bothWays(ContiguousStreamsTest.upTo(10_000));
      for (int way = 0; way < 2; way++) {
        for (long index = 0; index < fromFile.get(way).count(); index++) {
          int[][] found = new int[2][BATCH * WINDOW];
          int[][] expected = new int[2][BATCH * WINDOW];
          fromFile.get(way).fill(3, index, found[0], found[1]);
          fromMemory.get(way).fill(3, index, expected[0], expected[1]);
          assertArrayEquals(expected, found);
        }
      }
    }
  }

  private static List<Batches> bothWays(Tokens tokens) {
    return List.of(
        new ContiguousStreams(tokens, BATCH, WINDOW),
        new ShuffledWindows(tokens, BATCH, WINDOW, 42));
  }

  private Tokens mapped(int size) throws IOException {
    try (TokenFile file = new TokenFile(folder)) {
      for (int i = 0; i < size; i++) {
        file.add(i);
      }
      return file.map();
    }
  }
}
