package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RecurrentChunksTest {
  @Test
  void chunks_share_out_every_sequence_of_the_batch() {
    RecurrentChunks chunks = new RecurrentChunks();
    for (int batch = 1; batch < 1_000_000; batch += 1 + batch / 5) {
      int count = chunks.cut(batch);
      int next = 0;
      for (int chunk = 0; chunk < count; chunk++) {
        assertEquals(next, chunks.first(chunk));
        assertTrue(chunks.rows(chunk) > 0 && chunks.rows(chunk) <= 9);
        next += chunks.rows(chunk);
      }
      assertEquals(batch, next);
    }
  }
}
