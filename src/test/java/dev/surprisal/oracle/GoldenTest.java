package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GoldenTest {
  private final Golden golden = Golden.read("tensor_types.safetensors");

  @Test
  void short_floats_stand_for_the_values_that_pytorch_gives_them() {
    assertArrayEquals(golden.doubles("f16.as_f32"), golden.doubles("f16"));
    assertArrayEquals(golden.doubles("bf16.as_f32"), golden.doubles("bf16"));
  }

  @Test
  void values_are_read_in_order_and_at_their_edges() {
    assertArrayEquals(
        new long[] {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 42}, golden.longs("i32"));
    assertArrayEquals(
        new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32}, golden.longs("i64"));
    double[] f32 = golden.doubles("f32");
    assertArrayEquals(
        new double[] {0, -0.0, 1, -1, 1f / 3, (float) Math.PI, Float.MAX_VALUE, -Float.MAX_VALUE},
        Arrays.copyOf(f32, 8));
    assertArrayEquals(
        new double[] {
          Float.MIN_NORMAL,
          Float.MIN_NORMAL / 4,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Double.NaN
        },
        Arrays.copyOfRange(f32, 8, 13));
    assertEquals(65504, golden.doubles("f16")[6]);
  }

  @Test
  void shapes_include_those_of_scalars_and_of_empty_tensors() {
    assertArrayEquals(new int[] {2, 3}, golden.shape("i32"));
    assertArrayEquals(new int[] {}, golden.shape("scalar"));
    assertArrayEquals(new double[] {2.5}, golden.doubles("scalar"));
    assertArrayEquals(new int[] {0, 3}, golden.shape("empty"));
    assertArrayEquals(new double[] {}, golden.doubles("empty"));
  }

  @Test
  void the_metadata_name_the_version_of_pytorch() {
    assertEquals("2.13.0", golden.metadata().get("torch"));
  }

  @Test
  void a_wrong_name_a_wrong_type_and_a_token_that_is_no_int_are_refused() {
    assertThrows(IllegalArgumentException.class, () -> golden.doubles("f23"));
    assertThrows(IllegalArgumentException.class, () -> golden.doubles("i32"));
    assertThrows(IllegalArgumentException.class, () -> golden.longs("f32"));
    assertThrows(ArithmeticException.class, () -> golden.ints("i64"));
  }
}
