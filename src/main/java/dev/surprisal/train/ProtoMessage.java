package dev.surprisal.train;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a protocol buffers message, with the four wire types of TensorBoard's events. */
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ProtoMessage varint(int field, long value) {
    key(field, VARINT);
    varint(value);
    return this;
  }

  ProtoMessage fixed64(int field, double value) {
    key(field, FIXED64);
    littleEndian(Double.doubleToLongBits(value), Double.BYTES);
    return this;
  }

  ProtoMessage fixed32(int field, float value) {
    key(field, FIXED32);
    littleEndian(Float.floatToIntBits(value), Float.BYTES);
    return this;
  }

  ProtoMessage bytes(int field, byte[] value) {
    key(field, BYTES);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  ProtoMessage string(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtoMessage message(int field, ProtoMessage value) {
    return bytes(field, value.toByteArray());
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }

  private void key(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  private void varint(long value) {
    long rest = value;
    for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
      out.write((int) (rest & 0x7F | 0x80));
    }
    out.write((int) rest);
  }

  private void littleEndian(long bits, int count) {
    for (int i = 0; i < count; i++) {
      out.write((int) (bits >>> 8 * i));
    }
  }
}
