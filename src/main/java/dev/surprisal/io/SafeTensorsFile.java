package dev.surprisal.io;

import dev.surprisal.device.DType;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file that is open for reading, of this library (see {@link SafeTensors}) or of
 * another program.
 *
 * <p>Opening a file checks its header, and its checksum if this library wrote it; files of other
 * programs have none. Reading a tensor maps its data into memory.
 *
 * <p>Not thread-safe.
 */
public final class SafeTensorsFile implements AutoCloseable {
  /** The elements that are mapped at once; a buffer holds less than 2 GiB. */
  private static final long MAPPED_ELEMENTS = 1 << 22;

  private static final int WIDENED_BYTES = 1 << 18;

  private final Path path;
  private final FileChannel channel;
  private final Header header;
  private final long dataStart;

  private SafeTensorsFile(Path path, FileChannel channel, Header header, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens a file and checks it.
   *
   * @param path the file
   * @return the open file, which the caller closes
   * @throws SafeTensorsException if it cannot be read, is not a safetensors file, or is damaged;
   *     the message starts with the path
   */
  public static SafeTensorsFile open(Path path) throws SafeTensorsException {
    SafeTensors.requireLittleEndian(ByteOrder.nativeOrder());
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        return open(path, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (SafeTensorsException e) {
      throw e;
    } catch (IOException e) {
      throw new SafeTensorsException(path, e);
    }
  }

  /**
   * Returns the names of the tensors.
   *
   * @return the names, in the header's order
   */
  public Set<String> names() {
    return header.tensors().keySet();
  }

  /**
   * Returns the metadata, with the keys that {@link SafeTensors} adds.
   *
   * @return an unmodifiable map
   */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * Returns the type of a tensor's elements.
   *
   * @param name the tensor's name
   * @return the type
   * @throws SafeTensorsException if the file has no such tensor, or {@link DType} has no such type
   */
  public DType type(String name) throws SafeTensorsException {
    Header.Entry entry = entry(name);
    if (entry.type().type() == null) {
      throw new SafeTensorsException(
          path,
          "tensor "
              + Messages.quote(name)
              + " is "
              + entry
              + ", which is not supported: save it as F32, F16, BF16, I32 or I64");
    }
    return entry.type().type();
  }

  /**
   * Returns the shape of a tensor.
   *
   * @param name the tensor's name
   * @return the shape
   * @throws SafeTensorsException if the file has no such tensor
   */
  public Shape shape(String name) throws SafeTensorsException {
    return entry(name).shape();
  }

  /**
   * Copies a tensor's data to a device.
   *
   * @param name the tensor's name
   * @param target a tensor of the same shape and type; or FLOAT32, to which FLOAT16 and BFLOAT16
   *     are converted
   * @throws SafeTensorsException if the file has no such tensor, the tensor has another shape or
   *     type, or the file cannot be read
   */
  public void read(String name, Tensor target) throws SafeTensorsException {
    DType type = type(name);
    Header.Entry entry = entry(name);
    boolean widens = Half.is(type) && target.type() == DType.FLOAT32;
    if (type != target.type() && !widens || !entry.shape().equals(target.shape())) {
      throw new SafeTensorsException(
          path,
          "tensor "
              + Messages.quote(name)
              + ": expected "
              + target.type()
              + " "
              + target.shape()
              + ", found "
              + type
              + " "
              + Messages.shorten(entry.shape().toString()));
    }
    long elements = target.elements();
    for (long first = 0; first < elements; first += MAPPED_ELEMENTS) {
      long count = Math.min(MAPPED_ELEMENTS, elements - first);
      ByteBuffer data = map(entry.begin() + first * type.bytes(), count * type.bytes());
      if (widens) {
        widen(type, data, target, first * target.type().bytes());
      } else {
        target.write(first * type.bytes(), data);
      }
    }
  }

  /** Closes the file. Closing it twice does nothing. */
  @Override
  public void close() throws SafeTensorsException {
    try {
      channel.close();
    } catch (IOException e) {
      throw new SafeTensorsException(path, e);
    }
  }

  private static SafeTensorsFile open(Path path, FileChannel channel) throws IOException {
    byte[] bytes = header(path, channel);
    long dataStart = Header.PREFIX_BYTES + bytes.length;
    Header header = HeaderReader.read(path, bytes, channel.size() - dataStart);
    Checksum.check(path, channel, header);
    return new SafeTensorsFile(path, channel, header, dataStart);
  }

  private static byte[] header(Path path, FileChannel channel) throws IOException {
    long fileBytes = channel.size();
    if (fileBytes < Header.PREFIX_BYTES) {
      throw new SafeTensorsException(
          path, "not a safetensors file: expected 8 bytes or more, found " + fileBytes);
    }
    ByteBuffer prefix = ByteBuffer.allocate(Header.PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Checksum.readFully(channel, prefix, 0);
    long length = prefix.getLong(0);
    if (length < 0 || length > fileBytes - Header.PREFIX_BYTES) {
      throw new SafeTensorsException(
          path,
          "not a safetensors file, or truncated: its header would be "
              + Long.toUnsignedString(length)
              + " bytes long, the file is "
              + fileBytes);
    }
    HeaderReader.checkLength(path, length);
    ByteBuffer header = ByteBuffer.allocate((int) length);
    Checksum.readFully(channel, header, Header.PREFIX_BYTES);
    return header.array();
  }

  private ByteBuffer map(long begin, long bytes) throws SafeTensorsException {
    try {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, dataStart + begin, bytes)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new SafeTensorsException(path, e);
    }
  }

  private static void widen(DType type, ByteBuffer halves, Tensor target, long first) {
    ByteBuffer floats = ByteBuffer.allocateDirect(WIDENED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long at = first;
    while (halves.hasRemaining()) {
      Half.widen(type, halves, floats.clear());
      floats.flip();
      target.write(at, floats);
      at += floats.limit();
    }
  }

  private Header.Entry entry(String name) throws SafeTensorsException {
    Header.Entry entry = header.tensors().get(name);
    if (entry == null) {
      throw new SafeTensorsException(
          path,
          "expected a tensor "
              + Messages.quote(name)
              + ", found "
              + Messages.shorten(names().toString()));
    }
    return entry;
  }
}
