package dev.surprisal.io;

import dev.surprisal.device.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Writes tensors as a safetensors file, the format that Hugging Face defines: the header's length
 * (8 bytes, little-endian), the header (JSON, padded with spaces so that the data starts at a
 * multiple of 8 bytes), the data (little-endian).
 *
 * <p>Three keys are added to the metadata: {@code format} is {@code pt}, which PyTorch's tools
 * expect; {@code surprisal} is the version of this format, 1; {@code crc32c} is the CRC-32C of the
 * whole file, 8 hexadecimal digits, which count as zeros in it. {@link SafeTensorsFile} reads these
 * files and those of other programs.
 */
public final class SafeTensors {
  static final String VERSION_KEY = "surprisal";
  static final String VERSION = "1";

  private static final int BUFFER_BYTES = 1 << 20;

  private SafeTensors() {}

  /**
   * Writes a file and replaces the previous one.
   *
   * @param path the file, in an existing folder
   * @param tensors by name; their data is in this order, tensors with larger elements first
   * @param metadata strings to store with them; may be empty
   * @throws IOException if the file cannot be written; the previous one stays
   * @throws IllegalArgumentException if a tensor's name is {@code __metadata__}, if the metadata
   *     has one of the keys above, or if the header is longer than 16 MiB
   */
  public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    requireLittleEndian(ByteOrder.nativeOrder());
    List<Map.Entry<String, Tensor>> data = new ArrayList<>(tensors.entrySet());
    // PyTorch maps data, which must start at a multiple of its element's size.
    data.sort(Comparator.comparingInt(named -> -named.getValue().type().bytes()));
    byte[] header = HeaderWriter.write(data, metadata);
    int checksumAt = checksumAt(path, header, data);
    AtomicFile.write(path, channel -> write(channel, header, checksumAt, data));
  }

  /** Throws on a big-endian machine: tensors have the machine's byte order, files do not. */
  static void requireLittleEndian(ByteOrder machine) {
    if (machine != ByteOrder.LITTLE_ENDIAN) {
      throw new UnsupportedOperationException(
          "safetensors files are little-endian, this machine is big-endian: use a little-endian"
              + " one");
    }
  }

  /** Reads the header back, so that every file that is written can be read. */
  private static int checksumAt(Path path, byte[] header, List<Map.Entry<String, Tensor>> data) {
    long bytes = data.stream().mapToLong(named -> named.getValue().bytes()).sum();
    try {
      HeaderReader.checkLength(path, header.length);
      return HeaderReader.read(path, header, bytes).checksumAt();
    } catch (SafeTensorsException e) {
      throw new IllegalArgumentException("the file could not be read back: " + e.getMessage(), e);
    }
  }

  private static void write(
      FileChannel channel, byte[] header, int checksumAt, List<Map.Entry<String, Tensor>> data)
      throws IOException {
    Checksum checksum = new Checksum();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    append(channel, checksum, buffer.putLong(header.length).flip());
    append(channel, checksum, ByteBuffer.wrap(header));
    for (Map.Entry<String, Tensor> named : data) {
      Tensor tensor = named.getValue();
      for (long at = 0; at < tensor.bytes(); at += buffer.limit()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), tensor.bytes() - at));
        tensor.read(at, buffer);
        append(channel, checksum, buffer.rewind());
      }
    }
    channel.position(Header.PREFIX_BYTES + checksumAt);
    append(channel, checksum, StandardCharsets.US_ASCII.encode(checksum.digits()));
  }

  private static void append(FileChannel channel, Checksum checksum, ByteBuffer bytes)
      throws IOException {
    checksum.add(bytes);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
