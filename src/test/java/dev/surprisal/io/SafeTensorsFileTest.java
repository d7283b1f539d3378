package dev.surprisal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.Golden;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsFileTest {
  @TempDir Path folder;
  private Path file;
  private Device device;
  private Arena arena;

  @BeforeEach
  void open() {
    file = folder.resolve("model.safetensors");
    device = Device.cpu(1);
    arena = new Arena(device);
  }

  @AfterEach
  void close() {
    arena.close();
    device.close();
  }

  @Test
  void every_type_of_a_pytorch_file_is_read() throws IOException {
    try (SafeTensorsFile types = SafeTensorsFile.open(Golden.path("tensor_types.safetensors"))) {
      for (String name : List.of("f16", "bf16")) {
        assertArrayEquals(
            floats(types, name + ".as_f32").toFloats(), floats(types, name).toFloats(), name);
      }
      assertEquals(Float.MAX_VALUE, floats(types, "f32").toFloats()[6]);
      assertArrayEquals(new float[] {2.5f}, floats(types, "scalar").toFloats());
      assertArrayEquals(new float[0], floats(types, "empty").toFloats());
      Tensor ints = arena.allocate(DType.INT32, 2, 3);
      types.read("i32", ints);
      assertArrayEquals(new int[] {0, 1, -1, 0x7fffffff, 0x80000000, 42}, ints.toInts());
      Tensor longs = arena.allocate(DType.INT64, 3, 2);
      types.read("i64", longs);
      long[] expected = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32};
      assertArrayEquals(expected, longs(longs));
    }
  }

  @Test
  void short_floats_are_widened_beyond_one_buffer_and_one_mapping() throws IOException {
    byte[] values = new byte[2 * 4_200_001];
    new Random(1).nextBytes(values);
    Tensor halves = arena.allocate(DType.BFLOAT16, 4_200_001);
    halves.write(0, ByteBuffer.wrap(values));
    SafeTensors.write(file, Map.of("a", halves), Map.of());
    float[] found;
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      found = floats(read, "a").toFloats();
    }
    ByteBuffer bits = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : found) {
      assertEquals(bits.getShort() << 16, Float.floatToRawIntBits(value));
    }
  }

  @Test
  void data_beyond_4_gib_is_read() throws IOException {
    long before = 5L << 30;
    String header =
        "{'far':{'dtype':'F32','shape':[2],'data_offsets':[%d,%d]},"
            + "'before':{'dtype':'U8','shape':[%d],'data_offsets':[0,%d]}}";
    byte[] start =
        RawFile.bytes(
            String.format(header.replace('\'', '"'), before, before + 8, before, before), 0);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(start);
      sparse.seek(start.length + before);
      sparse.write(new byte[] {0, 0, (byte) 128, 63, 0, 0, 0, (byte) 192});
    }
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      assertArrayEquals(new float[] {1, -2}, floats(read, "far").toFloats());
    }
  }

  @Test
  void a_type_that_is_not_supported_does_no_harm_until_it_is_read() throws IOException {
    one("'dtype':'F64','shape':[2],'data_offsets':[0,16]", 16);
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      assertEquals(Shape.of(2), read.shape("a"));
      assertEquals(
          file
              + ": tensor 'a' is F64 [2], which is not supported:"
              + " save it as F32, F16, BF16, I32 or I64",
          assertThrows(SafeTensorsException.class, () -> floats(read, "a")).getMessage());
    }
  }

  @Test
  void a_tensor_of_another_type_or_shape_is_refused() throws IOException {
    one("'dtype':'F32','shape':[2,3],'data_offsets':[0,24]", 24);
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      refused(
          read,
          "a",
          "tensor 'a': expected FLOAT32 [3, 2], found FLOAT32 [2, 3]",
          DType.FLOAT32,
          3,
          2);
      refused(
          read, "a", "tensor 'a': expected FLOAT32 [6], found FLOAT32 [2, 3]", DType.FLOAT32, 6);
      refused(
          read,
          "a",
          "tensor 'a': expected FLOAT16 [2, 3], found FLOAT32 [2, 3]",
          DType.FLOAT16,
          2,
          3);
      refused(
          read, "a", "tensor 'a': expected INT32 [2, 3], found FLOAT32 [2, 3]", DType.INT32, 2, 3);
    }
  }

  @Test
  void short_floats_are_not_taken_for_each_other() throws IOException {
    one("'dtype':'BF16','shape':[1],'data_offsets':[0,2]", 2);
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      refused(read, "a", "tensor 'a': expected FLOAT16 [1], found BFLOAT16 [1]", DType.FLOAT16, 1);
    }
  }

  @Test
  void a_tensor_that_is_not_there_is_refused_with_those_that_are() throws IOException {
    one("'dtype':'F32','shape':[1],'data_offsets':[0,4]", 4);
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      refused(read, "b", "expected a tensor 'b', found [a]", DType.FLOAT32, 1);
    }
  }

  @Test
  void a_file_that_was_replaced_is_read_as_it_was_opened() throws IOException {
    Tensor tensor = arena.allocate(DType.FLOAT32, 1);
    tensor.write(1f);
    SafeTensors.write(file, Map.of("a", tensor), Map.of());
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      tensor.write(2f);
      SafeTensors.write(file, Map.of("a", tensor), Map.of());
      assertArrayEquals(new float[] {1}, floats(read, "a").toFloats());
    }
  }

  @Test
  void nothing_is_read_after_close() throws IOException {
    one("'dtype':'F32','shape':[1],'data_offsets':[0,4]", 4);
    SafeTensorsFile read = SafeTensorsFile.open(file);
    read.close();
    read.close();
    refused(read, "a", "this file was closed", DType.FLOAT32, 1);
  }

  @Test
  void a_file_shorter_than_its_length_is_refused() {
    RawFile.write(file, new byte[7]);
    unopened("not a safetensors file: expected 8 bytes or more, found 7");
  }

  @Test
  void a_header_longer_than_the_file_is_refused() {
    byte[] bytes = RawFile.bytes("{}", 0);
    bytes[0] = 3;
    RawFile.write(file, bytes);
    unopened(
        "not a safetensors file, or truncated: its header would be 3 bytes long, the file is 10");
    RawFile.write(file, "version 18446744073709551615".getBytes(StandardCharsets.UTF_8));
    unopened(
        "not a safetensors file, or truncated: its header would be 2336927755350992246 bytes long,"
            + " the file is 28");
    Arrays.fill(bytes, 0, 8, (byte) -1);
    RawFile.write(file, bytes);
    unopened(
        "not a safetensors file, or truncated: its header would be 18446744073709551615 bytes long,"
            + " the file is 10");
  }

  @ParameterizedTest
  @ValueSource(longs = {Header.MAX_BYTES + 1, 100_000_000, 3L << 30})
  void a_header_of_too_many_bytes_is_refused_unread(long length) throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.writeLong(Long.reverseBytes(length));
      sparse.setLength(4L << 30);
    }
    unopened("expected a header of at most 16777216 bytes, found " + length);
  }

  @Test
  void what_is_no_file_is_refused() throws IOException {
    unopened("no such file or folder");
    Files.createDirectory(file);
    unopened("Is a directory");
  }

  private void unopened(String expected) {
    assertEquals(
        file + ": " + expected,
        assertThrows(SafeTensorsException.class, () -> SafeTensorsFile.open(file)).getMessage());
  }

  private void one(String tensor, int dataBytes) {
    String header = ("{'a':{" + tensor + "}}").replace('\'', '"');
    RawFile.write(file, RawFile.bytes(header, dataBytes));
  }

  private void refused(
      SafeTensorsFile read, String name, String expected, DType type, long... shape) {
    Tensor target = arena.allocate(type, shape);
    assertEquals(
        file + ": " + expected,
        assertThrows(SafeTensorsException.class, () -> read.read(name, target)).getMessage());
  }

  private static long[] longs(Tensor tensor) {
    ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.nativeOrder());
    tensor.read(0, bytes);
    long[] values = new long[(int) tensor.elements()];
    bytes.flip().asLongBuffer().get(values);
    return values;
  }

  private Tensor floats(SafeTensorsFile from, String name) throws IOException {
    Tensor tensor = arena.allocate(DType.FLOAT32, from.shape(name).toArray());
    from.read(name, tensor);
    return tensor;
  }
}
