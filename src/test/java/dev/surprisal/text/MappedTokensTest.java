package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappedTokensTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 31, 32, 33, 127})
  void tokens_are_read_across_the_borders_of_segments(int size) throws IOException {
    try (Tokens tokens = squares(size)) {
      assertEquals(size, tokens.size());
      for (int from = 0; from <= size; from++) {
        for (int count = 0; from + count <= size; count++) {
          int[] expected = IntStream.range(from, from + count).map(i -> i * i).toArray();
          assertArrayEquals(expected, TokensTest.read(tokens, from, count));
        }
      }
    }
  }

  @Test
  void a_range_outside_is_refused() throws IOException {
    try (Tokens tokens = squares(6)) {
      int[] into = {-1, -1, -1, -1};
      assertThrows(IndexOutOfBoundsException.class, () -> tokens.read(3, into, 0, 4));
      assertThrows(IndexOutOfBoundsException.class, () -> tokens.read(-1, into, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> tokens.read(0, into, 2, 3));
      assertArrayEquals(new int[] {-1, -1, -1, -1}, into);
    }
  }

  @Test
  void reading_after_closing_is_refused_and_closing_twice_is_not() throws IOException {
    Tokens tokens = squares(6);
    Tokens slice = tokens.slice(1, 3);
    slice.close();
    assertArrayEquals(new int[] {1, 4}, TokensTest.read(slice, 0, 2));
    tokens.close();
    tokens.close();
    assertThrows(IllegalStateException.class, () -> TokensTest.read(tokens, 0, 1));
    assertThrows(IllegalStateException.class, () -> TokensTest.read(slice, 0, 1));
  }

  /** The first square numbers, in segments of four. */
  private Tokens squares(int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size * 4).order(ByteOrder.nativeOrder());
    IntStream.range(0, size).forEach(i -> bytes.putInt(i * i));
    Path file = Files.write(folder.resolve("squares"), bytes.array());
    try (FileChannel channel = FileChannel.open(file)) {
      return new MappedTokens(channel, 2);
    }
  }
}
