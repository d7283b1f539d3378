package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.Bfloat16;
import dev.surprisal.oracle.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

class KernelsConvertTest {
  private static final int[] COUNTS = {0, 1, 2, 3, 4, 5, 1023, 1026, 40_001};

  @OnEveryDevice
  void float32_becomes_the_nearest_bfloat16(Bench bench) {
    for (int count : COUNTS) {
      double[] values = Samples.normal(1, count, 100);
      Tensor target = bench.halfOutput(count);
      bench.kernels().convert(bench.floats(values), target);
      Tensor expected = bench.halves(Bfloat16.rounded(values));
      assertArrayEquals(Bench.bits(expected), Bench.bits(target));
    }
  }

  @OnEveryDevice
  void bfloat16_becomes_the_same_number(Bench bench) {
    for (int count : COUNTS) {
      double[] values = Bfloat16.rounded(Samples.normal(1, count, 100));
      Tensor target = bench.output(count);
      bench.kernels().convert(bench.halves(values), target);
      assertArrayEquals(Samples.floats(values), target.toFloats());
    }
  }

  @OnEveryDevice
  void ties_go_to_the_even_one_and_what_is_too_large_to_infinity(Bench bench) {
    double[] values = {
      257,
      259,
      -257,
      -259,
      0,
      -0.0,
      Float.MIN_VALUE,
      0x1p-134,
      0x1.8p-133,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      0x1.fefffep127,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    Tensor target = bench.halfOutput(values.length);
    bench.kernels().convert(bench.floats(values), target);
    assertArrayEquals(Bench.bits(bench.halves(Bfloat16.rounded(values))), Bench.bits(target));
  }

  @OnEveryDevice
  void a_nan_stays_one(Bench bench) {
    // Of the second and the third, bfloat16 has none of the bits that make them one.
    int[] bits = {0x7FC00000, 0x7F800001, 0xFF800001, 0x7FFFFFFF, 0xFFFFFFFF};
    ByteBuffer bytes = ByteBuffer.allocate(4 * bits.length).order(ByteOrder.nativeOrder());
    bytes.asIntBuffer().put(bits);
    Tensor source = bench.output(bits.length);
    source.write(0, bytes);
    Tensor half = bench.halfOutput(bits.length);
    Tensor back = bench.output(bits.length);
    bench.kernels().convert(source, half);
    bench.kernels().convert(half, back);
    for (float value : back.toFloats()) {
      assertTrue(Float.isNaN(value));
    }
  }

  @OnEveryDevice
  void two_of_one_type_are_refused(Bench bench) {
    assertEquals(
        "convert: expected target of BFLOAT16 on "
            + bench.device()
            + ", found FLOAT32 [3] on "
            + bench.device(),
        assertThrows(
                IllegalArgumentException.class,
                () -> bench.kernels().convert(bench.output(3), bench.output(3)))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> bench.kernels().convert(bench.halfOutput(3), bench.halfOutput(3)));
  }
}
