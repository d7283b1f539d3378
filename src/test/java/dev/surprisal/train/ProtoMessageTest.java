package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Expected bytes are those of the encoding guide's own examples, or worked out by its rules. */
class ProtoMessageTest {
  @Test
  void an_integer_takes_seven_bits_a_byte() {
    assertBytes("08 96 01", new ProtoMessage().varint(1, 150));
    assertBytes("08 00", new ProtoMessage().varint(1, 0));
    assertBytes("08 7f", new ProtoMessage().varint(1, 127));
    assertBytes("08 80 01", new ProtoMessage().varint(1, 128));
    assertBytes("08 ff ff ff ff ff ff ff ff 7f", new ProtoMessage().varint(1, Long.MAX_VALUE));
  }

  @Test
  void a_string_comes_after_its_length_in_bytes() {
    assertBytes("12 07 74 65 73 74 69 6e 67", new ProtoMessage().string(2, "testing"));
    assertBytes("12 02 c3 a9", new ProtoMessage().string(2, "é"));
  }

  @Test
  void a_message_within_a_message_is_as_a_string() {
    ProtoMessage inner = new ProtoMessage().varint(1, 150);
    assertBytes("1a 03 08 96 01", new ProtoMessage().message(3, inner));
  }

  @Test
  void reals_are_little_endian() {
    assertBytes("09 00 00 00 00 00 00 f8 3f", new ProtoMessage().fixed64(1, 1.5));
    assertBytes("15 00 00 c0 3f", new ProtoMessage().fixed32(2, 1.5f));
  }

  @Test
  void a_field_number_above_15_takes_a_second_byte() {
    assertBytes("80 01 01", new ProtoMessage().varint(16, 1));
  }

  private static void assertBytes(String expected, ProtoMessage message) {
    assertEquals(expected, HexFormat.ofDelimiter(" ").formatHex(message.toByteArray()));
  }
}
