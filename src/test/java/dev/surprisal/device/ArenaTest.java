package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ArenaTest {
  @OnEveryDevice
  void tensors_live_until_their_arena_is_closed(Bench bench) {
    long before = bench.device().memory().current();
    Arena arena = new Arena(bench.device());
    Tensor floats = arena.allocate(DType.FLOAT32, 2, 3);
    Tensor longs = arena.allocate(DType.INT64, 5);
    assertSame(bench.device(), arena.device());
    assertArrayEquals(new float[6], floats.toFloats());
    assertEquals(24 + 40, arena.bytes());
    assertEquals(before + 64, bench.device().memory().current());
    assertThrows(IllegalStateException.class, longs::close);
    arena.close();
    assertEquals(before, bench.device().memory().current());
    assertThrows(IllegalStateException.class, floats::toFloats);
    assertThrows(IllegalStateException.class, longs::zero);
  }

  @OnEveryDevice
  void an_arena_may_be_closed_twice(Bench bench) {
    Arena arena = new Arena(bench.device());
    arena.allocate(DType.FLOAT32, 1);
    arena.close();
    arena.close();
    assertEquals(0, arena.bytes());
  }

  @OnEveryDevice
  void what_could_not_be_allocated_leaves_the_rest_alive(Bench bench) {
    try (Arena arena = new Arena(bench.device())) {
      Tensor tensor = arena.allocate(DType.FLOAT32, 3);
      assertThrows(DeviceOutOfMemoryException.class, () -> arena.allocate(DType.FLOAT32, 1L << 58));
      tensor.write(1f, 2f, 3f);
      assertEquals(12, arena.bytes());
    }
  }
}
