package dev.surprisal.device;

import java.nio.ByteBuffer;

/**
 * A block of device memory behind one or more tensors: what a device implements to hold data.
 *
 * <p>Offsets are bytes from the start of the block. Bytes are in the machine's own order.
 */
public interface Storage {
  /**
   * The device that owns the memory.
   *
   * @return the device
   */
  Device device();

  /**
   * The size of the block.
   *
   * @return bytes
   */
  long bytes();

  /**
   * Copies from host memory to the device. When it returns the source may be reused.
   *
   * @param offset where in the block, in bytes
   * @param source what to copy, from its position to its limit; its position is moved
   */
  void write(long offset, ByteBuffer source);

  /**
   * Copies floats to the device.
   *
   * @param offset where in the block, in bytes, a multiple of 4
   * @param source what to copy
   * @param first the first index of {@code source} to copy
   * @param count how many
   */
  void write(long offset, float[] source, int first, int count);

  /**
   * Copies integers to the device.
   *
   * @param offset where in the block, in bytes, a multiple of 4
   * @param source what to copy
   * @param first the first index of {@code source} to copy
   * @param count how many
   */
  void write(long offset, int[] source, int first, int count);

  /**
   * Copies from the device to host memory, after everything issued before has finished.
   *
   * @param offset where in the block, in bytes
   * @param target where to copy to, from its position to its limit; its position is moved
   */
  void read(long offset, ByteBuffer target);

  /**
   * Copies floats from the device, after everything issued before has finished.
   *
   * @param offset where in the block, in bytes, a multiple of 4
   * @param target where to copy to
   * @param first the first index of {@code target} to write
   * @param count how many
   */
  void read(long offset, float[] target, int first, int count);

  /**
   * Copies integers from the device, after everything issued before has finished.
   *
   * @param offset where in the block, in bytes, a multiple of 4
   * @param target where to copy to
   * @param first the first index of {@code target} to write
   * @param count how many
   */
  void read(long offset, int[] target, int first, int count);

  /**
   * Copies within the device, or from another block of the same device.
   *
   * @param offset where in this block, in bytes
   * @param source the block to copy from
   * @param sourceOffset where in the source, in bytes
   * @param bytes how many
   */
  void copy(long offset, Storage source, long sourceOffset, long bytes);

  /**
   * Sets bytes to zero.
   *
   * @param offset where in the block, in bytes
   * @param bytes how many
   */
  void zero(long offset, long bytes);

  /** Gives the memory back to the device. */
  void free();
}
