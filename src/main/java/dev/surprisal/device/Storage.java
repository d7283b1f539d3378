package dev.surprisal.device;

import java.nio.ByteBuffer;

/**
 * A block of device memory behind one or more tensors; a device implements it to hold data.
 *
 * <p>Offsets are bytes from the start of the block. Bytes are in the machine's own order.
 */
public interface Storage {
  /**
   * Returns the device that owns the memory.
   *
   * @return the device
   */
  Device device();

  /**
   * Returns the size of the block.
   *
   * @return bytes
   */
  long bytes();

  /**
   * Copies bytes from host memory to the device. The source may be reused after the return.
   *
   * @param offset the place in the block, in bytes
   * @param source the bytes to copy, from its position to its limit; its position moves
   */
  void write(long offset, ByteBuffer source);

  /**
   * Copies floats to the device.
   *
   * @param offset the place in the block, in bytes, a multiple of 4
   * @param source holds the values to copy
   * @param first the first index of {@code source} to copy
   * @param count the number of elements
   */
  void write(long offset, float[] source, int first, int count);

  /**
   * Copies integers to the device.
   *
   * @param offset the place in the block, in bytes, a multiple of 4
   * @param source holds the values to copy
   * @param first the first index of {@code source} to copy
   * @param count the number of elements
   */
  void write(long offset, int[] source, int first, int count);

  /**
   * Copies bytes from the device to host memory, after all operations issued before.
   *
   * @param offset the place in the block, in bytes
   * @param target receives the bytes, from its position to its limit; its position moves
   */
  void read(long offset, ByteBuffer target);

  /**
   * Copies floats from the device, after all operations issued before.
   *
   * @param offset the place in the block, in bytes, a multiple of 4
   * @param target receives the values
   * @param first the first index of {@code target} to write
   * @param count the number of elements
   */
  void read(long offset, float[] target, int first, int count);

  /**
   * Copies integers from the device, after all operations issued before.
   *
   * @param offset the place in the block, in bytes, a multiple of 4
   * @param target receives the values
   * @param first the first index of {@code target} to write
   * @param count the number of elements
   */
  void read(long offset, int[] target, int first, int count);

  /**
   * Copies within the device, or from another block of the same device.
   *
   * @param offset the place in this block, in bytes
   * @param source the block to copy from
   * @param sourceOffset the place in the source, in bytes
   * @param bytes the number of bytes
   */
  void copy(long offset, Storage source, long sourceOffset, long bytes);

  /**
   * Sets bytes to zero.
   *
   * @param offset the place in the block, in bytes
   * @param bytes the number of bytes
   */
  void zero(long offset, long bytes);

  /** Returns the memory to the device. */
  void free();
}
