package dev.surprisal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderReaderTest {
  private static final Path PATH = Path.of("model.safetensors");

  /** Single quotes here are double ones in the header. */
  private static final String SOUND =
      "{'__metadata__':{'format':'pt','crc32c':'00000000'},"
          + "'b':{'dtype':'F32','shape':[2,1],'data_offsets':[6,14]},"
          + "'a':{'data_offsets':[0,6],'shape':[3],'dtype':'BF16'},"
          + "'e':{'dtype':'I64','shape':[7,0],'data_offsets':[6,6]},"
          + "'s':{'dtype':'U8','shape':[],'data_offsets':[14,15]}}   ";

  @Test
  void a_sound_header_is_read_in_its_order() throws SafeTensorsException {
    Header header = read(SOUND, 15);
    assertEquals(List.of("b", "a", "e", "s"), List.copyOf(header.tensors().keySet()));
    assertEquals(
        new Header.Entry(ElementType.F32, Shape.of(2, 1), 6, 14), header.tensors().get("b"));
    assertEquals(
        new Header.Entry(ElementType.I64, Shape.of(7, 0), 6, 6), header.tensors().get("e"));
    assertEquals(Map.of("format", "pt", "crc32c", "00000000"), header.metadata());
  }

  @Test
  void a_header_without_tensors_is_sound() throws SafeTensorsException {
    assertEquals(Map.of(), read("{}", 0).tensors());
  }

  @Test
  void the_place_of_the_checksum_is_counted_in_bytes() throws SafeTensorsException {
    String before = "{'__metadata__':{'\"crc32c\":\"é😀':'', 'crc32c' : '".replace("\"", "\\'");
    Header header = read(before + "01234567'}}", 0);
    assertEquals(before.getBytes(StandardCharsets.UTF_8).length, header.checksumAt());
    assertEquals(-1, read("{'__metadata__':{'a':'crc32c'}}", 0).checksumAt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | does not start with {",
        "[] | does not start with {",
        "` {}` | does not start with {",
        "{} {} | found more text after the closing } of the header",
        "{}x | not valid JSON at character 3: Unrecognized token 'x'",
        "{ | not valid JSON",
        "{'a':1} | tensor 'a': expected START_OBJECT, found VALUE_NUMBER_INT",
        "{'a':{},'a':{}} | has no dtype, shape or data_offsets",
        "{'__metadata__':{'a':'','a':''}} | Duplicate field 'a'",
        "{'__metadata__':{},'__metadata__':{}} | Duplicate field '__metadata__'",
        "{'__metadata__':{'a':1}} | the metadata's 'a': expected VALUE_STRING",
        "{'__metadata__':{'a':null}} | the metadata's 'a': expected VALUE_STRING",
        "{'__metadata__':{'a':{}}} | the metadata's 'a': expected VALUE_STRING",
        "{'__metadata__':'a'} | __metadata__: expected START_OBJECT",
      })
  void a_header_of_another_form_is_refused(String header, String message) {
    refused(header == null ? "" : header, 0, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'F31','shape':[1],'data_offsets':[0,4] | has the unknown dtype 'F31', expected one of"
            + " [F64",
        "'f32','shape':[1],'data_offsets':[0,4] | has the unknown dtype 'f32'",
        "32,'shape':[1],'data_offsets':[0,4] | dtype: expected VALUE_STRING",
        "'F32','shape':[1],'data_offsets':[0,4],'x':1 | has the unknown key 'x'",
        "'F32','shape':[1] | has no dtype, shape or",
        "'F32','data_offsets':[0,4] | has no dtype, shape or",
        "'F32','shape':[1],'shape':[1],'data_offsets':[0,4] | Duplicate field 'shape'",
        "'F32','shape':1,'data_offsets':[0,4] | shape: expected START_ARRAY",
        "'F32','shape':['1'],'data_offsets':[0,4] | shape: expected integers, found VALUE_STRING",
        "'F32','shape':[1.0],'data_offsets':[0,4] | shape: expected integers",
        "'F32','shape':[1e0],'data_offsets':[0,4] | shape: expected integers",
        "'F32','shape':[[1]],'data_offsets':[0,4] | shape: expected integers",
        "'F32','shape':[-1],'data_offsets':[0,4] | expected a shape of sizes from 0",
        "'F32','shape':[-1,-1],'data_offsets':[0,4] | expected a shape of sizes from 0",
        "'F32','shape':[4294967296,4294967296],'data_offsets':[0,4] | fewer than 2^63 bytes",
        "'F32','shape':[4611686018427387905],'data_offsets':[0,4] | fewer than 2^63 bytes",
        "'F32','shape':[9223372036854775808],'data_offsets':[0,4] | out of range",
        "'F32','shape':[1],'data_offsets':[0] | expected data_offsets of the first byte and the"
            + " byte after the last, found [0]",
        "'F32','shape':[1],'data_offsets':[0,4,4] | expected data_offsets of the first byte and the"
            + " byte after the last",
        "'F32','shape':[1],'data_offsets':[-4,0] | expected data_offsets of the first byte and the"
            + " byte after the last",
        "'F32','shape':[1],'data_offsets':[4,0] | expected data_offsets of the first byte and the"
            + " byte after the last",
        "'F32','shape':[1],'data_offsets':[0,3] | F32 [1], needs 4 bytes, its data_offsets 3",
        "'F32','shape':[0],'data_offsets':[0,4] | F32 [0], needs 0 bytes, its data_offsets 4",
        "'F32','shape':[2],'data_offsets':[0,4] | F32 [2], needs 8 bytes, its data_offsets 4",
        "'F32','shape':[1],'data_offsets':[1,5] | starts at byte 1 of the data, but",
        "'F32','shape':[2],'data_offsets':[0,8] | describes 8 bytes of data, the file has 4: it"
            + " was",
        "'F16','shape':[1],'data_offsets':[0,2] | describes 2 bytes of data, the file has 4",
        "'F32','shape':[1],'data_offsets':[9223372036854775803,9223372036854775807] | starts at"
            + " byte",
      })
  void a_tensor_that_does_not_fit_is_refused(String tensor, String message) {
    refused("{'t':{'dtype':" + tensor + "}}", 4, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[0,4]", "[2,6]", "[3,7]", "[5,9]", "[4611686018427387904,4611686018427387908]"})
  void overlaps_and_holes_are_refused(String offsets) {
    refused(
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
            + ("'b':{'dtype':'F32','shape':[1],'data_offsets':" + offsets + "}}"),
        8,
        "tensor 'b' starts at byte");
  }

  @Test
  void the_same_tensor_twice_is_refused() {
    String tensor = "'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}";
    refused("{" + tensor + "," + tensor + "}", 0, "Duplicate field 'a'");
    refused("{" + tensor + "," + tensor.replace("a'", "\\u0061'") + "}", 0, "Duplicate field 'a'");
  }

  @Test
  void another_encoding_than_utf_8_is_refused() {
    byte[] latin = "{\"\u00e9\":1}".getBytes(StandardCharsets.ISO_8859_1);
    refused(latin, 0, "the header is not UTF-8");
    refused("{}".getBytes(StandardCharsets.UTF_16LE), 0, "not valid JSON");
    byte[] overlong = {'{', '"', (byte) 0xc1, (byte) 0x81, '"', ':', '1', '}'};
    refused(overlong, 0, "the header is not UTF-8");
  }

  @Test
  void depth_is_no_burden() {
    for (String start : List.of("{'a':", "{'__metadata__':{'a':", "{'t':{'shape':[")) {
      refused(start + "[".repeat(1 << 20), 0, "expected");
    }
    refused("{'a':".repeat(1 << 20), 0, "unknown key 'a'");
  }

  @Test
  void what_would_take_much_memory_is_refused() {
    int count = (Header.MAX_BYTES - 100) / 2;
    refused("{'t':{'shape':[" + "0,".repeat(count) + "0]}}", 0, "maximum allowed (1000000");
    refused("{'t':{'shape':[" + "1".repeat(2 * count) + "]}}", 0, "exceeds the maximum");
  }

  @Test
  void a_message_is_one_short_line_whatever_the_names_are() {
    String message = refused("{'\\u001b[31m\\n" + "x".repeat(1000) + "':1}", 0, "tensor");
    assertTrue(message.length() < 400, message);
  }

  @Test
  void a_damaged_header_is_refused_or_read_but_nothing_else() {
    byte[] sound = SOUND.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] damaged = sound.clone();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        byte other = sound[random.nextInt(sound.length)];
        damaged[random.nextInt(damaged.length)] =
            random.nextBoolean() ? other : (byte) random.nextInt();
      }
      try {
        HeaderReader.read(PATH, damaged, 15);
      } catch (SafeTensorsException e) {
        refused++;
      }
    }
    assertTrue(refused > 7_500, "refused only " + refused);
  }

  private static Header read(String header, long dataBytes) throws SafeTensorsException {
    byte[] bytes = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return HeaderReader.read(PATH, bytes, dataBytes);
  }

  private static String refused(String header, long dataBytes, String expected) {
    return refused(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), dataBytes, expected);
  }

  private static String refused(byte[] header, long dataBytes, String expected) {
    String message =
        assertThrows(SafeTensorsException.class, () -> HeaderReader.read(PATH, header, dataBytes))
            .getMessage();
    assertTrue(message.startsWith(PATH + ": "), message);
    assertTrue(message.contains(expected), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }
}
