package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void a_shape_knows_its_sizes_from_both_ends() {
    Shape shape = Shape.of(2, 3, 5);
    assertEquals(3, shape.rank());
    assertEquals(2, shape.size(0));
    assertEquals(5, shape.size(2));
    assertEquals(5, shape.size(-1));
    assertEquals(2, shape.size(-3));
    assertEquals(30, shape.elements());
    assertThrows(IndexOutOfBoundsException.class, () -> shape.size(3));
    assertThrows(IndexOutOfBoundsException.class, () -> shape.size(-4));
  }

  @Test
  void no_sizes_are_a_scalar_and_a_size_of_0_leaves_nothing() {
    assertEquals(1, Shape.of().elements());
    assertEquals(0, Shape.of().rank());
    assertEquals(0, Shape.of(3, 0, Long.MAX_VALUE).elements());
  }

  @Test
  void a_negative_size_is_refused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Shape.of(3, -1)).getMessage();
    assertEquals("expected sizes of 0 or more in a shape, found [3, -1]", message);
  }

  @Test
  void more_elements_than_a_long_counts_are_refused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Shape.of(1L << 32, 1L << 31))
            .getMessage();
    assertTrue(message.contains("[4294967296, 2147483648]"), message);
    assertEquals(1L << 62, Shape.of(1L << 31, 1L << 31).elements());
  }

  @Test
  void a_shape_does_not_change_with_the_array_it_came_from() {
    long[] sizes = {2, 3};
    Shape shape = Shape.of(sizes);
    sizes[0] = 7;
    shape.toArray()[1] = 7;
    assertArrayEquals(new long[] {2, 3}, shape.toArray());
  }

  @Test
  void shapes_of_the_same_sizes_are_equal() {
    assertEquals(Shape.of(2, 3), Shape.of(2, 3));
    assertEquals(Shape.of(2, 3).hashCode(), Shape.of(2, 3).hashCode());
    assertNotEquals(Shape.of(2, 3), Shape.of(3, 2));
    assertNotEquals(Shape.of(6), Shape.of(2, 3));
    assertEquals("[2, 3]", Shape.of(2, 3).toString());
  }
}
