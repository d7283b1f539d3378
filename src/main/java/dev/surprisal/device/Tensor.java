package dev.surprisal.device;

import java.nio.ByteBuffer;

/**
 * A dense row-major array in a device's memory, with a type and a shape.
 *
 * <p>A tensor that came from {@link Device#allocate} owns its memory and is closed by its
 * allocator; one that came from {@link #view} or {@link #slice} shares the memory and is not
 * closed. The log reports a tensor that is garbage-collected unclosed; its memory is not released.
 *
 * <p>Not thread-safe: a device's tensors are used by one thread at a time.
 */
public final class Tensor implements AutoCloseable {
  private final Allocation allocation;
  private final DType type;
  private final Shape shape;
  private final long offset;
  private final boolean owner;

  private Tensor(Allocation allocation, DType type, Shape shape, long offset, boolean owner) {
    this.allocation = allocation;
    this.type = type;
    this.shape = shape;
    this.offset = offset;
    this.owner = owner;
  }

  /**
   * Creates a tensor over a whole block of memory; for devices.
   *
   * @param storage the block, at least as large as type and shape need
   * @param type the element type
   * @param shape the shape
   * @return a tensor that owns the block
   */
  public static Tensor over(Storage storage, DType type, Shape shape) {
    return new Tensor(
        Allocation.of(storage, type + " " + shape + " on " + storage.device()),
        type,
        shape,
        0,
        true);
  }

  /**
   * Returns the device that holds the data.
   *
   * @return the device
   */
  public Device device() {
    return allocation.storage().device();
  }

  /**
   * Returns the memory behind this tensor; for devices.
   *
   * @return the block, open
   * @throws IllegalStateException if the tensor was closed
   */
  public Storage storage() {
    return allocation.open();
  }

  /**
   * Returns the place of this tensor in its {@link #storage}; for devices.
   *
   * @return the offset in bytes
   */
  public long offset() {
    return offset;
  }

  /**
   * Returns the element type.
   *
   * @return the type
   */
  public DType type() {
    return type;
  }

  /**
   * Returns the shape.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the shape's sizes
   */
  public long elements() {
    return shape.elements();
  }

  /**
   * Returns the size of the data.
   *
   * @return bytes
   */
  public long bytes() {
    return elements() * type.bytes();
  }

  /**
   * Returns the same data under another shape.
   *
   * @param sizes the new shape, of as many elements
   * @return a tensor that shares this one's memory
   * @throws IllegalArgumentException if the number of elements differs
   */
  public Tensor view(long... sizes) {
    Shape other = Shape.of(sizes);
    if (other.elements() != elements()) {
      throw new IllegalArgumentException(
          "a view of " + shape + " has " + elements() + " elements, " + other + " does not");
    }
    return new Tensor(allocation, type, other, offset, false);
  }

  /**
   * Returns a part of the data.
   *
   * @param first the first element of the part, in row-major order
   * @param sizes the part's shape
   * @return a tensor that shares this one's memory
   * @throws IllegalArgumentException if the part reaches beyond this tensor
   */
  public Tensor slice(long first, long... sizes) {
    Shape part = Shape.of(sizes);
    if (first < 0 || part.elements() > elements() - first) {
      throw new IllegalArgumentException(
          "a slice of " + part + " from element " + first + " reaches beyond " + shape);
    }
    return new Tensor(allocation, type, part, offset + first * type.bytes(), false);
  }

  /**
   * Copies values to the device, to all elements of this tensor.
   *
   * @param values as many as the tensor has elements
   * @throws IllegalArgumentException if the type is not FLOAT32 or the number differs
   */
  public void write(float... values) {
    checkHost(DType.FLOAT32, values.length);
    storage().write(offset, values, 0, values.length);
  }

  /**
   * Copies integers to the device, to all elements of this tensor.
   *
   * @param values as many as the tensor has elements
   * @throws IllegalArgumentException if the type is not INT32 or the number differs
   */
  public void write(int... values) {
    checkHost(DType.INT32, values.length);
    storage().write(offset, values, 0, values.length);
  }

  /**
   * Copies raw bytes to the device, in the machine's own byte order.
   *
   * @param byteOffset the place in this tensor, in bytes
   * @param source the bytes to copy, from its position to its limit
   * @throws IllegalArgumentException if the bytes reach beyond this tensor
   */
  public void write(long byteOffset, ByteBuffer source) {
    checkBytes(byteOffset, source.remaining());
    storage().write(offset + byteOffset, source);
  }

  /**
   * Copies the data to the host.
   *
   * @param values receives the data; has as many elements as the tensor
   * @throws IllegalArgumentException if the type is not FLOAT32 or the number differs
   */
  public void read(float[] values) {
    checkHost(DType.FLOAT32, values.length);
    storage().read(offset, values, 0, values.length);
  }

  /**
   * Copies the data to the host.
   *
   * @param values receives the data; has as many elements as the tensor
   * @throws IllegalArgumentException if the type is not INT32 or the number differs
   */
  public void read(int[] values) {
    checkHost(DType.INT32, values.length);
    storage().read(offset, values, 0, values.length);
  }

  /**
   * Copies raw bytes to the host, in the machine's own byte order.
   *
   * @param byteOffset the place in this tensor, in bytes
   * @param target receives the bytes, from its position to its limit
   * @throws IllegalArgumentException if the bytes reach beyond this tensor
   */
  public void read(long byteOffset, ByteBuffer target) {
    checkBytes(byteOffset, target.remaining());
    storage().read(offset + byteOffset, target);
  }

  /**
   * Returns the data as a new array.
   *
   * @return the elements in row-major order
   * @throws IllegalArgumentException if the type is not FLOAT32 or an array cannot hold so many
   */
  public float[] toFloats() {
    float[] values = new float[hostLength()];
    read(values);
    return values;
  }

  /**
   * Returns the data as a new array.
   *
   * @return the elements in row-major order
   * @throws IllegalArgumentException if the type is not INT32 or an array cannot hold so many
   */
  public int[] toInts() {
    int[] values = new int[hostLength()];
    read(values);
    return values;
  }

  /**
   * Copies another tensor's data into this one.
   *
   * @param source a tensor of the same device, type and number of elements
   * @throws IllegalArgumentException if they differ
   */
  public void copyFrom(Tensor source) {
    if (source.device() != device() || source.type != type || source.elements() != elements()) {
      throw new IllegalArgumentException("cannot copy " + source + " into " + this);
    }
    storage().copy(offset, source.storage(), source.offset, bytes());
  }

  /** Sets every element to zero. */
  public void zero() {
    storage().zero(offset, bytes());
  }

  /**
   * Releases the memory.
   *
   * @throws IllegalStateException if it was closed before, or if this tensor is a view or a slice
   */
  @Override
  public void close() {
    if (!owner) {
      throw new IllegalStateException(
          "this tensor is a view of another one: close the tensor that it was made from");
    }
    allocation.close();
  }

  @Override
  public String toString() {
    return type + " " + shape + " on " + device();
  }

  private int hostLength() {
    if (elements() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(this + " does not fit in one array: read it in parts");
    }
    return (int) elements();
  }

  private void checkHost(DType host, int length) {
    if (type != host || length != elements()) {
      throw new IllegalArgumentException(
          "expected " + elements() + " elements of " + type + ", found " + length + " of " + host);
    }
  }

  private void checkBytes(long byteOffset, long count) {
    if (byteOffset < 0 || count > bytes() - byteOffset) {
      throw new IllegalArgumentException(
          count + " bytes from byte " + byteOffset + " reach beyond " + this);
    }
  }
}
