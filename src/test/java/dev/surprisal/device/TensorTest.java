package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TensorTest {
  private static final float[] SIX = {1, 2, 3, 4, 5, 6};

  @OnEveryDevice
  void a_new_tensor_of_any_type_is_all_zero(Bench bench) {
    for (DType type : DType.values()) {
      try (Tensor tensor = bench.device().allocate(type, 3, 5)) {
        assertSame(type, tensor.type());
        assertEquals(Shape.of(3, 5), tensor.shape());
        assertEquals(15L * type.bytes(), tensor.bytes());
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes());
        tensor.read(0, bytes);
        assertArrayEquals(new byte[bytes.capacity()], bytes.array());
      }
    }
  }

  @OnEveryDevice
  void what_is_written_is_read(Bench bench) {
    Tensor floats = bench.output(2, 3);
    floats.write(SIX);
    assertArrayEquals(SIX, floats.toFloats());
    Tensor ints = bench.intOutput(4);
    int[] extremes = {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE};
    ints.write(extremes);
    assertArrayEquals(extremes, ints.toInts());
    float[] special = {Float.NaN, Float.NEGATIVE_INFINITY, -0f, Float.MIN_VALUE, 0, 1};
    floats.write(special);
    assertArrayEquals(special, floats.toFloats());
  }

  @OnEveryDevice
  void bytes_are_written_and_read_from_any_place_in_the_machines_order(Bench bench) {
    Tensor tensor = bench.floats(new double[6]);
    ByteBuffer two = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
    two.putFloat(4, 7).putFloat(8, 8).position(4).limit(12);
    tensor.write(12, two);
    assertEquals(12, two.position());
    assertArrayEquals(new float[] {0, 0, 0, 7, 8, 0}, tensor.toFloats());
    ByteBuffer one = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
    tensor.read(16, one);
    assertEquals(8, one.getFloat(0));
  }

  @OnEveryDevice
  void bytes_beyond_a_tensor_are_refused(Bench bench) {
    Tensor tensor = bench.output(6);
    long[][] outside = {{-1, 1}, {21, 4}, {25, 0}, {Long.MAX_VALUE, 4}};
    for (long[] range : outside) {
      ByteBuffer bytes = ByteBuffer.allocate((int) range[1]);
      assertThrows(IllegalArgumentException.class, () -> tensor.write(range[0], bytes));
      assertThrows(IllegalArgumentException.class, () -> tensor.read(range[0], bytes));
    }
    tensor.write(24, ByteBuffer.allocate(0));
  }

  @OnEveryDevice
  void values_of_another_type_or_number_are_refused(Bench bench) {
    Tensor floats = bench.floats(new double[6]);
    Tensor ints = bench.ints(new int[6]);
    List<Executable> wrong =
        List.of(
            () -> floats.write(new float[5]),
            () -> floats.write(new float[7]),
            () -> floats.write(new int[6]),
            () -> floats.read(new float[7]),
            () -> floats.read(new int[6]),
            () -> ints.write(new int[5]),
            () -> ints.write(new float[6]),
            () -> ints.read(new int[7]),
            () -> ints.read(new float[6]),
            floats::toInts,
            ints::toFloats);
    for (Executable call : wrong) {
      assertThrows(IllegalArgumentException.class, call);
    }
    String message =
        assertThrows(IllegalArgumentException.class, () -> floats.write(new int[5])).getMessage();
    assertEquals("expected 6 elements of FLOAT32, found 5 of INT32", message);
  }

  @OnEveryDevice
  void a_view_is_the_same_data_in_another_shape(Bench bench) {
    Tensor tensor = bench.output(2, 3);
    Tensor view = tensor.view(3, 1, 2);
    view.write(SIX);
    assertEquals(Shape.of(3, 1, 2), view.shape());
    assertArrayEquals(SIX, tensor.toFloats());
    assertEquals(Shape.of(), bench.output(1).view().shape());
    assertThrows(IllegalArgumentException.class, () -> tensor.view(5));
    assertThrows(IllegalArgumentException.class, () -> tensor.view(-2, -3));
  }

  @OnEveryDevice
  void a_slice_is_a_part_of_the_data(Bench bench) {
    Tensor tensor = bench.output(2, 3);
    tensor.write(SIX);
    Tensor slice = tensor.slice(1, 2, 2);
    assertArrayEquals(new float[] {2, 3, 4, 5}, slice.toFloats());
    Tensor part = slice.slice(2, 1);
    part.write(9f);
    assertArrayEquals(new float[] {1, 2, 3, 9, 5, 6}, tensor.toFloats());
    slice.zero();
    assertArrayEquals(new float[] {1, 0, 0, 0, 0, 6}, tensor.toFloats());
    assertEquals(0, tensor.slice(6, 0).toFloats().length);
  }

  @OnEveryDevice
  void a_slice_beyond_its_tensor_is_refused(Bench bench) {
    Tensor tensor = bench.output(2, 3);
    long[][] outside = {{-1, 1}, {0, 7}, {5, 2}, {6, 1}, {7, 0}, {Long.MAX_VALUE, 2}};
    for (long[] part : outside) {
      assertThrows(IllegalArgumentException.class, () -> tensor.slice(part[0], part[1]));
    }
    Tensor slice = tensor.slice(1, 2);
    assertThrows(IllegalArgumentException.class, () -> slice.slice(1, 2));
  }

  @OnEveryDevice
  void copying_takes_the_data_of_another_tensor(Bench bench) {
    Tensor source = bench.output(2, 3);
    source.write(SIX);
    Tensor target = bench.output(3, 2);
    target.copyFrom(source);
    source.zero();
    assertArrayEquals(SIX, target.toFloats());
    target.slice(0, 4).copyFrom(target.slice(2, 2, 2));
    assertArrayEquals(new float[] {3, 4, 5, 6, 5, 6}, target.toFloats());
  }

  @OnEveryDevice
  void copying_what_does_not_fit_is_refused(Bench bench) {
    Tensor target = bench.floats(new double[6]);
    assertThrows(IllegalArgumentException.class, () -> target.copyFrom(bench.output(5)));
    assertThrows(IllegalArgumentException.class, () -> target.copyFrom(bench.intOutput(6)));
    Device elsewhere = TestDevices.otherThan(bench.device());
    try (Tensor other = elsewhere.allocate(DType.FLOAT32, 6)) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> target.copyFrom(other)).getMessage();
      assertTrue(message.contains(bench.device().toString()), message);
      assertTrue(message.contains(elsewhere.toString()), message);
    }
    assertArrayEquals(new float[6], target.toFloats());
  }

  @OnEveryDevice
  void a_tensor_may_be_empty(Bench bench) {
    try (Tensor empty = bench.device().allocate(DType.FLOAT32, 3, 0)) {
      empty.write(new float[0]);
      empty.zero();
      empty.copyFrom(empty.view(0, 5));
      assertEquals(0, empty.toFloats().length);
    }
  }

  @OnEveryDevice
  void a_closed_tensor_is_refused_and_so_are_its_views(Bench bench) {
    Tensor tensor = bench.device().allocate(DType.FLOAT32, 6);
    Tensor view = tensor.view(2, 3);
    Tensor slice = tensor.slice(1, 2);
    tensor.close();
    Tensor open = bench.output(6);
    List<Executable> uses =
        List.of(
            tensor::storage,
            tensor::toFloats,
            tensor::zero,
            () -> tensor.write(SIX),
            () -> tensor.read(new float[6]),
            () -> tensor.write(0, ByteBuffer.allocate(4)),
            () -> tensor.read(0, ByteBuffer.allocate(4)),
            () -> tensor.copyFrom(open),
            () -> open.copyFrom(tensor),
            view::toFloats,
            slice::zero,
            () -> slice.slice(0, 1).toFloats());
    for (Executable use : uses) {
      String message = assertThrows(IllegalStateException.class, use).getMessage();
      assertEquals("this tensor was closed: FLOAT32 [6] on " + bench.device(), message);
    }
  }

  @OnEveryDevice
  void closing_twice_is_refused(Bench bench) {
    Tensor tensor = bench.device().allocate(DType.INT64, 2);
    tensor.close();
    String message = assertThrows(IllegalStateException.class, tensor::close).getMessage();
    assertEquals("this tensor was closed before: INT64 [2] on " + bench.device(), message);
  }

  @OnEveryDevice
  void closing_a_view_or_a_slice_is_refused_and_closes_nothing(Bench bench) {
    try (Tensor tensor = bench.device().allocate(DType.FLOAT32, 6)) {
      assertThrows(IllegalStateException.class, tensor.view(6)::close);
      assertThrows(IllegalStateException.class, tensor.slice(0, 6)::close);
      tensor.write(SIX);
    }
  }

  @Test
  void what_no_array_holds_must_be_read_in_parts() {
    Object nothing =
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Storage.class},
            (proxy, method, arguments) -> null);
    try (Tensor tensor = Tensor.over((Storage) nothing, DType.FLOAT32, Shape.of(1L << 31))) {
      String message = assertThrows(IllegalArgumentException.class, tensor::toFloats).getMessage();
      assertTrue(message.endsWith("does not fit in one array: read it in parts"), message);
    }
  }
}
