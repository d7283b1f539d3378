package dev.surprisal.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8ReaderTest {
  private static final Path NAME = Path.of("data.txt");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 64})
  void every_code_point_is_read_whatever_buffer_border_it_lies_across(int bufferBytes)
      throws IOException {
    int[] all =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
            .filter(c -> c < 0x3000 || c > 0xFFFF || c % 7 == 0)
            .filter(c -> c < 0x10000 || c > 0x10FF00 || c % 101 == 0)
            .toArray();
    byte[] bytes = new String(all, 0, all.length).getBytes(UTF_8);
    assertArrayEquals(all, read(bytes, bufferBytes));
  }

  @Test
  void only_a_byte_order_mark_at_the_start_is_skipped() throws IOException {
    byte[] bytes = "\uFEFFa\uFEFFb".getBytes(UTF_8);
    assertArrayEquals(new int[] {'a', 0xFEFF, 'b'}, read(bytes, 64));
    assertArrayEquals(new int[] {'a', 0xFEFF, 'b'}, read(bytes, 1));
    assertArrayEquals(new int[0], read("\uFEFF".getBytes(UTF_8), 64));
  }

  @ParameterizedTest
  @CsvSource({
    "80, is a continuation byte without a first byte",
    "BF, is a continuation byte without a first byte",
    "C080, begins an overlong form",
    "C1BF, begins an overlong form",
    "E09FBF, begins an overlong form",
    "F08FBFBF, begins an overlong form",
    "EDA080, 'begins a surrogate, which UTF-8 does not have'",
    "EDBFBF, 'begins a surrogate, which UTF-8 does not have'",
    "F4908080, begins a code point beyond U+10FFFF",
    "F5808080, begins no UTF-8 sequence",
    "FE, begins no UTF-8 sequence",
    "FF, begins no UTF-8 sequence",
    "C341, begins a sequence that byte 0x41 does not continue",
    "E28241, begins a sequence that byte 0x41 does not continue",
    "E2C3A9, begins a sequence that byte 0xC3 does not continue",
    "F09F9841, begins a sequence that byte 0x41 does not continue",
    "C3, begins a sequence that the end of the file cuts short",
    "E282, begins a sequence that the end of the file cuts short",
    "F09F98, begins a sequence that the end of the file cuts short",
  })
  void a_bad_byte_is_refused_with_its_offset(String hex, String reason) {
    byte[] bad = HexFormat.of().parseHex(hex);
    byte[] before = "naïve 😀".getBytes(UTF_8);
    byte[] bytes = Arrays.copyOf(before, before.length + bad.length);
    System.arraycopy(bad, 0, bytes, before.length, bad.length);
    for (int bufferBytes : new int[] {1, 2, 3, 5, 64}) {
      var e = assertThrows(MalformedUtf8Exception.class, () -> read(bytes, bufferBytes));
      assertTrue(e.getMessage().contains(" at offset " + before.length + " "), e.getMessage());
      assertEquals(
          "data.txt: not UTF-8: byte 0x"
              + hex.substring(0, 2)
              + " at offset 11 "
              + reason
              + "; convert the file to UTF-8, for example with iconv -f ISO-8859-1 -t UTF-8",
          e.getMessage());
    }
  }

  @Test
  void what_is_refused_and_what_is_read_agrees_with_the_decoder_of_the_jdk() {
    for (int first = 0xC0; first < 0x100; first++) {
      for (int second = 0x70; second < 0xD0; second++) {
        for (byte[] bytes :
            new byte[][] {
              {(byte) first, (byte) second},
              {(byte) first, (byte) second, (byte) 0x80},
              {(byte) first, (byte) second, (byte) 0xBF, (byte) 0x80},
            }) {
          String expected = null;
          try {
            expected = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
          } catch (CharacterCodingException e) {
            assertThrows(MalformedUtf8Exception.class, () -> read(bytes, 64));
          }
          if (expected != null) {
            int[] read = assertReads(bytes);
            assertEquals(expected, new String(read, 0, read.length));
          }
        }
      }
    }
  }

  @Test
  void an_offset_beyond_two_to_the_31_is_exact() throws IOException {
    long good = (1L << 31) + 12_345;
    InputStream in =
        new InputStream() {
          private long left = good + 1;

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            // The buffer holds zeros from its creation on, and a zero is U+0000.
            int count = (int) Math.min(length, left);
            left -= count;
            if (left == 0 && count > 0) {
              into[offset + count - 1] = (byte) 0xE9;
            }
            return count == 0 ? -1 : count;
          }
        };
    try (Utf8Reader reader = new Utf8Reader(NAME, in, 1 << 20)) {
      var e =
          assertThrows(
              MalformedUtf8Exception.class,
              () -> {
                while (reader.next() != CodePoints.END) {}
              });
      assertTrue(e.getMessage().contains(" at offset " + good + " "), e.getMessage());
      assertTrue(e.getMessage().contains("byte 0xE9 at offset 2147495993 "), e.getMessage());
    }
  }

  @Test
  void a_file_of_any_file_system_can_be_read() throws IOException {
    try (var memory = Jimfs.newFileSystem(Configuration.unix())) {
      Path file = Files.writeString(memory.getPath("/text"), "né");
      Utf8Reader.check(file);
      try (Utf8Reader reader = new Utf8Reader(file)) {
        assertArrayEquals(new int[] {'n', 'é'}, readAll(reader));
        assertEquals("byte offset 3 of /text", reader.where());
      }
    }
  }

  @Test
  void what_is_no_text_file_is_refused_with_what_it_is() throws IOException {
    Path missing = folder.resolve("missing");
    var e = assertThrows(NoSuchFileException.class, () -> Utf8Reader.check(missing));
    assertEquals(missing + ": no such file; check the path", e.getMessage());
    assertRefused(folder, ": a directory, expected a text file");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertRefused(empty, ": the file is empty, expected a text");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void what_cannot_be_read_twice_is_refused() {
    assertRefused(
        Path.of("/dev/null"),
        ": not a regular file; a text is read more than once: save it to a file first");
  }

  @Test
  void closing_closes_the_file() throws IOException {
    boolean[] closed = new boolean[1];
    InputStream in =
        new ByteArrayInputStream(new byte[0]) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    Utf8Reader reader = new Utf8Reader(NAME, in, 1);
    assertFalse(closed[0]);
    reader.close();
    assertTrue(closed[0]);
  }

  private static void assertRefused(Path file, String message) {
    var e = assertThrows(FileSystemException.class, () -> Utf8Reader.check(file));
    assertEquals(file + message, e.getMessage());
  }

  private static int[] assertReads(byte[] bytes) {
    try {
      return read(bytes, 64);
    } catch (IOException e) {
      throw new AssertionError(HexFormat.of().formatHex(bytes), e);
    }
  }

  private static int[] read(byte[] bytes, int bufferBytes) throws IOException {
    try (Utf8Reader reader = new Utf8Reader(NAME, new ByteArrayInputStream(bytes), bufferBytes)) {
      return readAll(reader);
    }
  }

  private static int[] readAll(Utf8Reader reader) throws IOException {
    IntStream.Builder codePoints = IntStream.builder();
    for (int c = reader.next(); c != CodePoints.END; c = reader.next()) {
      codePoints.add(c);
    }
    assertEquals(CodePoints.END, reader.next());
    return codePoints.build().toArray();
  }
}
