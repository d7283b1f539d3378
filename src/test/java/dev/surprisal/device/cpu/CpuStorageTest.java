package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.TestDevices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Around the end of the first GiB, where one buffer ends and the next begins. */
class CpuStorageTest {
  private static final long EDGE = 1L << 28;
  private static final Device CPU = TestDevices.ofKind("cpu").get(1);

  private static Tensor large;

  @BeforeAll
  static void allocate() {
    large = CPU.allocate(DType.FLOAT32, EDGE + 5000);
  }

  @AfterAll
  static void free() {
    large.close();
  }

  private static Tensor around(long before, long size) {
    return large.slice(EDGE - before, size);
  }

  @Test
  void floats_go_across() {
    float[] values = {1, 2, 3, 4, 5};
    around(2, 5).write(values);
    assertArrayEquals(values, around(2, 5).toFloats());
    assertArrayEquals(new float[] {2, 3}, around(1, 2).toFloats());
    assertArrayEquals(new float[] {3, 4, 5}, around(0, 3).toFloats());
  }

  @Test
  void bytes_go_across() {
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
    bytes.putFloat(0, 7).putFloat(4, 8).putFloat(8, 9);
    around(1, 3).write(0, bytes);
    assertArrayEquals(new float[] {7, 8, 9}, around(1, 3).toFloats());
    ByteBuffer inside = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    around(1, 3).read(2, inside);
    assertEquals(bytes.getInt(2), inside.getInt(0));
    assertEquals(bytes.getInt(6), inside.getInt(4));
  }

  @Test
  void integers_go_across() {
    try (Tensor ints = CPU.allocate(DType.INT32, EDGE + 2)) {
      Tensor part = ints.slice(EDGE - 2, 4);
      part.write(1, 2, 3, 4);
      assertArrayEquals(new int[] {1, 2, 3, 4}, part.toInts());
    }
  }

  @Test
  void elements_of_2_bytes_go_across() {
    short[] values = {1, 2, 3, 4, 5};
    short[] found = new short[5];
    CpuStorage storage = (CpuStorage) large.storage();
    storage.write(4 * EDGE - 6, values, 0, 5);
    storage.read(4 * EDGE - 6, found, 0, 5);
    assertArrayEquals(values, found);
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    around(1, 2).read(0, bytes);
    assertArrayEquals(
        new short[] {2, 3, 4, 5},
        new short[] {bytes.getShort(0), bytes.getShort(2), bytes.getShort(4), bytes.getShort(6)});
  }

  @Test
  void copies_and_zeros_go_across() {
    around(2, 4).write(1f, 2f, 3f, 4f);
    around(2, 2).zero();
    assertArrayEquals(new float[] {0, 0, 3, 4}, around(2, 4).toFloats());
    around(3, 4).copyFrom(around(2, 4));
    assertArrayEquals(new float[] {0, 0, 3, 4}, around(3, 4).toFloats());
  }

  @Test
  void operations_go_across() {
    try (Tensor near = CPU.allocate(DType.FLOAT32, 9000)) {
      CPU.kernels().normal(0, 1, 1, 2, near);
      CPU.kernels().normal(0, 1, 1, 2, around(4500, 9000));
      assertArrayEquals(near.toFloats(), around(4500, 9000).toFloats());
    }
  }
}
