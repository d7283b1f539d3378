package dev.surprisal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumTest {
  @TempDir Path folder;
  private Path file;
  private byte[] sound;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("model.safetensors");
    try (Device device = Device.cpu(1);
        Tensor tensor = device.allocate(DType.FLOAT16, 5)) {
      tensor.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
      SafeTensors.write(file, Map.of("a", tensor), Map.of("step", "7"));
    }
    sound = Files.readAllBytes(file);
  }

  @Test
  void the_sum_is_that_of_the_standard() {
    Checksum checksum = new Checksum();
    checksum.add(ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII)));
    assertEquals("e3069283", checksum.digits());
  }

  @Test
  void its_own_digits_count_as_zeros() throws IOException {
    String text = new String(sound, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("crc32c") + 9;
    Checksum checksum = new Checksum();
    checksum.add(
        ByteBuffer.wrap(
            (text.substring(0, at) + "00000000" + text.substring(at + 8))
                .getBytes(StandardCharsets.ISO_8859_1)));
    assertEquals(checksum.digits(), text.substring(at, at + 8));
  }

  @Test
  void a_bit_flipped_anywhere_is_found() {
    for (int bit = 0; bit < 8 * sound.length; bit++) {
      byte[] damaged = sound.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      refused(damaged);
    }
  }

  @Test
  void a_file_cut_short_anywhere_is_refused() {
    for (int length = 0; length < sound.length; length++) {
      refused(Arrays.copyOf(sound, length));
    }
  }

  @Test
  void a_byte_too_many_is_refused() {
    refused(Arrays.copyOf(sound, sound.length + 1));
  }

  @Test
  void damage_is_told_with_both_sums_and_what_to_do() {
    byte[] damaged = sound.clone();
    damaged[damaged.length - 1]++;
    String message = refused(damaged);
    assertTrue(
        message.matches(
            ".*: damaged, .*: expected checksum '[0-9a-f]{8}', found '[0-9a-f]{8}'; restore"
                + " .*"),
        message);
  }

  @Test
  void a_file_of_ours_without_a_checksum_is_refused() {
    String message = refused(RawFile.bytes("{\"__metadata__\":{\"surprisal\":\"1\"}}", 0));
    assertTrue(message.contains("its checksum is missing"), message);
  }

  @Test
  void a_checksum_longer_or_shorter_than_ours_is_refused() {
    for (String digits : new String[] {"", "0", "000000000"}) {
      refused(RawFile.bytes("{\"__metadata__\":{\"crc32c\":\"" + digits + "\"}}", 0));
    }
  }

  @Test
  void a_later_format_is_refused_by_its_number() {
    String header = "{\"__metadata__\":{\"surprisal\":\"2\",\"crc32c\":\"00000000\"}}";
    Checksum checksum = new Checksum();
    checksum.add(ByteBuffer.wrap(RawFile.bytes(header, 0)));
    String message = refused(RawFile.bytes(header.replace("00000000", checksum.digits()), 0));
    assertTrue(message.contains("expected format version 1, found '2'"), message);
  }

  private String refused(byte[] bytes) {
    RawFile.write(file, bytes);
    String message =
        assertThrows(SafeTensorsException.class, () -> SafeTensorsFile.open(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }
}
