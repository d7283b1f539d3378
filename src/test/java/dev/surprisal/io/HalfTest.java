package dev.surprisal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HalfTest {
  @Test
  void every_float16_is_its_sign_times_its_mantissa_times_its_power_of_two() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      double sign = bits >> 15 == 0 ? 1 : -1;
      int exponent = bits >> 10 & 31;
      double mantissa = (bits & 1023) / 1024.0;
      double expected =
          exponent == 31
              ? mantissa == 0 ? sign / 0.0 : Double.NaN
              : exponent == 0
                  ? sign * mantissa * Math.pow(2, -14)
                  : sign * (1 + mantissa) * Math.pow(2, exponent - 15);
      assertEquals(expected, Float.intBitsToFloat(Half.fromFloat16((short) bits)), hex(bits));
    }
  }

  @Test
  void every_bfloat16_is_its_sign_times_its_mantissa_times_its_power_of_two() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      double sign = bits >> 15 == 0 ? 1 : -1;
      int exponent = bits >> 7 & 255;
      double mantissa = (bits & 127) / 128.0;
      double expected =
          exponent == 255
              ? mantissa == 0 ? sign / 0.0 : Double.NaN
              : exponent == 0
                  ? sign * mantissa * Math.pow(2, -126)
                  : sign * (1 + mantissa) * Math.pow(2, exponent - 127);
      assertEquals(expected, Float.intBitsToFloat(Half.fromBfloat16((short) bits)), hex(bits));
    }
  }

  @Test
  void a_nan_keeps_its_sign_and_payload() {
    assertEquals(0xff802000, Half.fromFloat16((short) 0xfc01));
    assertEquals(0x7fffe000, Half.fromFloat16((short) 0x7fff));
    assertEquals(0xff810000, Half.fromBfloat16((short) 0xff81));
  }

  private static String hex(int bits) {
    return Integer.toHexString(bits);
  }
}
