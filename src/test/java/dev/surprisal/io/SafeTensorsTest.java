package dev.surprisal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
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
  void every_type_and_shape_comes_back_bit_for_bit() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<long[]> shapes =
        List.of(
            new long[] {},
            new long[] {0},
            new long[] {1},
            new long[] {3, 0, 5},
            new long[] {7, 1, 3});
    for (DType type : DType.values()) {
      for (long[] shape : shapes) {
        tensors.put(type + "." + tensors.size(), random(type, shape));
      }
    }
    SafeTensors.write(file, tensors, Map.of());
    assertSame(tensors);
  }

  @Test
  void a_tensor_longer_than_any_buffer_comes_back_bit_for_bit() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("before", random(DType.FLOAT16, 3));
    tensors.put("long", random(DType.FLOAT16, 3, 1_500_007));
    tensors.put("longer", random(DType.FLOAT32, 4_200_001));
    SafeTensors.write(file, tensors, Map.of());
    assertSame(tensors);
  }

  @Test
  void a_file_without_tensors_holds_its_metadata() throws IOException {
    SafeTensors.write(file, Map.of(), Map.of("é \n\"", "😀\u0000"));
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      assertTrue(read.names().isEmpty());
      assertEquals("😀\u0000", read.metadata().get("é \n\""));
    }
  }

  @Test
  void the_metadata_tells_pytorch_and_us_what_the_file_is() throws IOException {
    SafeTensors.write(file, Map.of(), Map.of("step", "7"));
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      Map<String, String> expected = new LinkedHashMap<>(Map.of("format", "pt", "surprisal", "1"));
      expected.put("step", "7");
      expected.put("crc32c", read.metadata().get("crc32c"));
      assertEquals(expected, read.metadata());
    }
  }

  @Test
  void the_bytes_are_those_that_the_format_says() throws IOException {
    Tensor tensor = arena.allocate(DType.INT32, 1, 2);
    tensor.write(1, -2);
    SafeTensors.write(file, Map.of("a", tensor), Map.of());
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) bytes.getLong()];
    bytes.get(header);
    String json = new String(header, StandardCharsets.UTF_8);
    String checksum = json.replaceAll(".*\"crc32c\":\"(.{8})\".*", "$1");
    assertEquals(
        "{'__metadata__':{'format':'pt','surprisal':'1','crc32c':'".replace('\'', '"')
            + checksum
            + "'},'a':{'dtype':'I32','shape':[1,2],'data_offsets':[0,8]}}".replace('\'', '"'),
        json.strip());
    assertEquals(0, bytes.position() % 8);
    assertEquals(1, bytes.getInt());
    assertEquals(-2, bytes.getInt());
    assertEquals(0, bytes.remaining());
  }

  @Test
  void every_tensor_lies_at_a_multiple_of_its_elements_size() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("half", random(DType.FLOAT16, 3));
    tensors.put("float", random(DType.FLOAT32, 3));
    tensors.put("brain", random(DType.BFLOAT16, 1));
    tensors.put("long", random(DType.INT64, 1));
    tensors.put("int", random(DType.INT32, 1));
    SafeTensors.write(file, tensors, Map.of());
    byte[] bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    Header read =
        HeaderReader.read(
            file, Arrays.copyOfRange(bytes, 8, 8 + (int) header), bytes.length - 8 - header);
    assertEquals(
        List.of("long", "float", "int", "half", "brain"), List.copyOf(read.tensors().keySet()));
    read.tensors().values().forEach(e -> assertEquals(0, e.begin() % e.type().bytes()));
    assertSame(tensors);
  }

  @Test
  void a_part_of_a_tensor_is_written_as_a_tensor_of_its_own() throws IOException {
    Tensor whole = arena.allocate(DType.FLOAT32, 4);
    whole.write(1f, 2f, 3f, 4f);
    SafeTensors.write(file, Map.of("part", whole.slice(1, 2)), Map.of());
    Tensor part = arena.allocate(DType.FLOAT32, 2);
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      read.read("part", part);
    }
    assertArrayEquals(new float[] {2, 3}, part.toFloats());
  }

  @Test
  void names_and_keys_that_have_a_use_are_refused() throws IOException {
    Tensor tensor = random(DType.INT32, 1);
    refused("name __metadata__", Map.of("__metadata__", tensor), Map.of());
    for (String key : List.of("format", "surprisal", "crc32c")) {
      refused("metadata key " + key, Map.of("a", tensor), Map.of(key, "1"));
    }
  }

  @Test
  void text_that_is_half_a_character_is_refused() throws IOException {
    refused("is not valid Unicode", Map.of("\ud83d", random(DType.INT32, 1)), Map.of());
  }

  @Test
  void more_metadata_than_could_be_read_back_is_refused() throws IOException {
    refused("could not be read back", Map.of(), Map.of("a", "x".repeat(Header.MAX_BYTES)));
  }

  @Test
  void a_full_disk_leaves_the_previous_file_and_it_loads() throws IOException {
    Configuration small =
        Configuration.unix().toBuilder()
            .setWorkingDirectory("/disk")
            .setBlockSize(512)
            .setMaxSize(1 << 16)
            .build();
    try (FileSystem disk = Jimfs.newFileSystem(small)) {
      Path full = disk.getPath("/disk/model.safetensors");
      Map<String, Tensor> first = Map.of("a", random(DType.FLOAT32, 9000));
      SafeTensors.write(full, first, Map.of());
      Map<String, Tensor> second = Map.of("a", random(DType.FLOAT32, 9000));
      IOException failure =
          assertThrows(IOException.class, () -> SafeTensors.write(full, second, Map.of()));
      assertTrue(failure.getMessage().endsWith("; the previous file is still there"));
      assertEquals(List.of("model.safetensors"), AtomicFileTest.names(full.getParent()));
      Files.copy(full, file); // jimfs maps no files
      assertSame(first);
    }
  }

  @Test
  void a_tensor_that_was_closed_leaves_the_previous_file() throws IOException {
    Map<String, Tensor> first = Map.of("a", random(DType.FLOAT32, 3));
    SafeTensors.write(file, first, Map.of());
    Tensor closed = device.allocate(DType.FLOAT32, 3);
    closed.close();
    assertThrows(
        IllegalStateException.class, () -> SafeTensors.write(file, Map.of("a", closed), Map.of()));
    assertSame(first);
    assertEquals(List.of("model.safetensors"), AtomicFileTest.names(folder));
  }

  @Test
  void a_big_endian_machine_is_refused() {
    SafeTensors.requireLittleEndian(ByteOrder.LITTLE_ENDIAN);
    assertThrows(
        UnsupportedOperationException.class,
        () -> SafeTensors.requireLittleEndian(ByteOrder.BIG_ENDIAN));
  }

  private void refused(String expected, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> SafeTensors.write(file, tensors, metadata))
            .getMessage();
    assertTrue(message.contains(expected), message);
    assertEquals(List.of(), AtomicFileTest.names(folder));
  }

  private void assertSame(Map<String, Tensor> tensors) throws IOException {
    try (SafeTensorsFile read = SafeTensorsFile.open(file)) {
      assertEquals(tensors.keySet(), read.names());
      for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
        Tensor expected = named.getValue();
        assertEquals(expected.type(), read.type(named.getKey()));
        assertEquals(expected.shape(), read.shape(named.getKey()));
        Tensor found = arena.allocate(expected.type(), expected.shape().toArray());
        read.read(named.getKey(), found);
        assertArrayEquals(bytes(expected), bytes(found), named.getKey());
      }
    }
  }

  private Tensor random(DType type, long... shape) {
    Tensor tensor = arena.allocate(type, shape);
    byte[] bytes = new byte[(int) tensor.bytes()];
    new Random(bytes.length).nextBytes(bytes);
    tensor.write(0, ByteBuffer.wrap(bytes));
    return tensor;
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[(int) tensor.bytes()];
    tensor.read(0, ByteBuffer.wrap(bytes));
    return bytes;
  }
}
