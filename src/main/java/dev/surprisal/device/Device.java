package dev.surprisal.device;

import java.util.List;

/**
 * A processor with its own memory: allocates tensors and computes on them.
 *
 * <p>A device and its tensors are used by one thread at a time. Operations are issued in order and
 * may still run when a call returns. Reading a tensor waits for the operations it depends on; if an
 * earlier operation found invalid values, the read throws. Closing a device while its tensors are
 * open is an error of the caller; the device logs it.
 */
public interface Device extends AutoCloseable {
  /**
   * Opens the best device of this machine: a GPU, else the CPU. One log line says which, and why.
   *
   * @return an open device
   */
  static Device auto() {
    return Devices.auto(0);
  }

  /**
   * Opens the CPU with one thread per processor.
   *
   * @return an open device
   */
  static Device cpu() {
    return cpu(0);
  }

  /**
   * Opens the CPU with a given number of threads. Results do not depend on the number.
   *
   * @param threads the number of threads, 0 for one per processor
   * @return an open device
   * @throws IllegalArgumentException if {@code threads} is negative or above 1024
   */
  static Device cpu(int threads) {
    return Devices.open("cpu", 0, threads);
  }

  /**
   * Opens an NVIDIA GPU.
   *
   * @param index the number of the GPU, from 0
   * @return an open device
   * @throws DeviceUnavailableException if it cannot be used; the message says what is missing and
   *     how to fix it
   */
  static Device cuda(int index) {
    return Devices.open("cuda", index, 0);
  }

  /**
   * Opens a device by its name on the command line.
   *
   * @param name {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
   * @param threads the number of host threads, 0 for one per processor
   * @return an open device
   * @throws IllegalArgumentException if the name is none of these
   * @throws DeviceUnavailableException if it cannot be used; the message says what is missing and
   *     how to fix it
   */
  static Device of(String name, int threads) {
    return Devices.parse(name, threads);
  }

  /**
   * Returns all kinds of device on the class path, usable on this machine or not.
   *
   * @return the kinds, in order of preference
   */
  static List<DeviceProvider> kinds() {
    return Devices.providers();
  }

  /**
   * Allocates a tensor of zeros.
   *
   * @param type the element type
   * @param sizes the shape
   * @return a tensor that the caller closes
   * @throws DeviceOutOfMemoryException if the device has too little free memory
   */
  Tensor allocate(DType type, long... sizes);

  /**
   * Returns the operations of this device. They check their operands.
   *
   * @return the same object at every call
   */
  Kernels kernels();

  /**
   * Creates a reader of a scalar that does not wait for the device at every step.
   *
   * @param scalar a FLOAT32 tensor of one element on this device
   * @return a reader that the caller closes before the device
   * @throws IllegalArgumentException if the tensor is anything else
   */
  Readback readback(Tensor scalar);

  /**
   * Prepares work that is issued many times.
   *
   * @param work calls {@link #kernels} and copies or zeroes tensors; must not allocate or close a
   *     tensor, write one from the host or wait for the device: a device that records the work
   *     throws {@link IllegalStateException} for these
   * @return issues the work; the caller closes it before the tensors that the work uses
   */
  Recording recording(Runnable work);

  /**
   * Creates a clock for the work of this device.
   *
   * @return a stopwatch that the caller closes before the device
   */
  Stopwatch stopwatch();

  /**
   * Returns work of known cost, for benchmarks.
   *
   * @return the same object at every call
   */
  Probe probe();

  /**
   * Sets the precision of matrix products from now on; the default is {@link
   * MatmulPrecision#HIGHEST}. A recording keeps the precision of its first run.
   *
   * @param precision the roundings that are allowed
   */
  void matmulPrecision(MatmulPrecision precision);

  /**
   * Returns the memory that this device's tensors take.
   *
   * @return current and peak
   */
  MemoryUse memory();

  /**
   * Waits until all issued operations have finished.
   *
   * @throws IllegalArgumentException if an operation found invalid values; that operation and the
   *     ones issued after it have written nothing
   */
  void synchronize();

  /** Releases threads and memory; a second call does nothing. */
  @Override
  void close();
}
