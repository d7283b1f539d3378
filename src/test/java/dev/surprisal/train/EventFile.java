package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads TensorBoard event files with nothing of what writes them: no protocol buffer library, and a
 * CRC32C computed bit by bit.
 */
final class EventFile {
  static final long SESSION_START = 1;

  private static final int CASTAGNOLI_REVERSED = 0x82F63B78;

  private EventFile() {}

  record Event(
      double wallTime,
      long step,
      String fileVersion,
      long sessionStatus,
      Map<String, Float> scalars) {}

  static List<Event> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      ByteBuffer lengthBytes = take(in, Long.BYTES);
      assertEquals(maskedCrc(lengthBytes), in.getInt(), "CRC of a length");
      ByteBuffer data = take(in, (int) lengthBytes.getLong(0));
      assertEquals(maskedCrc(data), in.getInt(), "CRC of data");
      events.add(event(data));
    }
    return events;
  }

  private static Event event(ByteBuffer in) {
    double wallTime = 0;
    long step = 0;
    String fileVersion = "";
    long status = 0;
    Map<String, Float> scalars = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      switch ((int) varint(in)) {
        case 1 << 3 | 1 -> wallTime = in.getDouble();
        case 2 << 3 -> step = varint(in);
        case 3 << 3 | 2 -> fileVersion = string(in);
        case 5 << 3 | 2 -> summary(take(in, (int) varint(in)), scalars);
        case 7 << 3 | 2 -> status = sessionStatus(take(in, (int) varint(in)));
        default -> throw new AssertionError("unexpected field of Event");
      }
    }
    return new Event(wallTime, step, fileVersion, status, scalars);
  }

  private static void summary(ByteBuffer in, Map<String, Float> scalars) {
    while (in.hasRemaining()) {
      assertEquals(1 << 3 | 2, varint(in), "Summary.value");
      ByteBuffer value = take(in, (int) varint(in));
      assertEquals(1 << 3 | 2, varint(value), "Value.tag");
      String tag = string(value);
      assertEquals(2 << 3 | 5, varint(value), "Value.simple_value");
      scalars.put(tag, value.getFloat());
      assertEquals(0, value.remaining());
    }
  }

  private static long sessionStatus(ByteBuffer in) {
    assertEquals(1 << 3, varint(in), "SessionLog.status");
    return varint(in);
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  private static String string(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(take(in, (int) varint(in))).toString();
  }

  private static ByteBuffer take(ByteBuffer in, int length) {
    ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return part;
  }

  private static int maskedCrc(ByteBuffer bytes) {
    int crc = ~0;
    for (int i = 0; i < bytes.limit(); i++) {
      crc ^= bytes.get(i) & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : CASTAGNOLI_REVERSED);
      }
    }
    crc = ~crc;
    return (crc >>> 15 | crc << 17) + 0xA282EAD8;
  }
}
