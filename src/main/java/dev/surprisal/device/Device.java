package dev.surprisal.device;

import java.util.List;

/**
 * A processor with memory of its own: allocates tensors and computes on them.
 *
 * <p>A device and its tensors are used by one thread at a time. Operations are issued in order and
 * may still run when a call returns; reading a tensor waits for what it depends on, and throws what
 * an operation issued before had to say against the values it was given. Closing a device while
 * tensors of it are open is an error of the caller's and is reported in the log.
 */
public interface Device extends AutoCloseable {
  /**
   * The best device there is: a GPU, else the CPU. One log line says which, and why.
   *
   * @return an open device
   */
  static Device auto() {
    return Devices.auto(0);
  }

  /**
   * The CPU, with as many threads as there are processors.
   *
   * @return an open device
   */
  static Device cpu() {
    return cpu(0);
  }

  /**
   * The CPU with a given number of threads. Results do not depend on it.
   *
   * @param threads how many, 0 for as many as there are processors
   * @return an open device
   * @throws IllegalArgumentException if {@code threads} is negative or above 1024
   */
  static Device cpu(int threads) {
    return Devices.open("cpu", 0, threads);
  }

  /**
   * An NVIDIA GPU.
   *
   * @param index which one, from 0
   * @return an open device
   * @throws DeviceUnavailableException if it cannot be used; says what is missing
   */
  static Device cuda(int index) {
    return Devices.open("cuda", index, 0);
  }

  /**
   * A device by the name that the command line takes.
   *
   * @param name {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
   * @param threads how many threads work on the host's side, 0 for as many as there are processors
   * @return an open device
   * @throws IllegalArgumentException if the name is none of these
   * @throws DeviceUnavailableException if it cannot be used; says what is missing
   */
  static Device of(String name, int threads) {
    return Devices.parse(name, threads);
  }

  /**
   * The kinds of device that this program knows of, whether they can be used here or not.
   *
   * @return the preferred ones first
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
   * @throws DeviceOutOfMemoryException if the device has not so much memory left
   */
  Tensor allocate(DType type, long... sizes);

  /**
   * The operations of this device.
   *
   * @return the same object at every call
   */
  Kernels kernels();

  /**
   * A way to follow a scalar without waiting for the device at every step.
   *
   * @param scalar a FLOAT32 tensor of one element on this device
   * @return values in the order they are asked for
   * @throws IllegalArgumentException if the tensor is no such scalar
   */
  Readback readback(Tensor scalar);

  /**
   * Prepares work that is issued many times over.
   *
   * @param work calls {@link #kernels} and copies or zeroes tensors; it neither allocates nor
   *     closes a tensor, writes none from the host and waits for nothing, which throws {@link
   *     IllegalStateException} where the device remembers the work
   * @return what issues it; the caller closes it before the tensors that the work uses
   */
  Recording recording(Runnable work);

  /**
   * A clock for what this device does.
   *
   * @return a stopwatch that the caller closes before the device
   */
  Stopwatch stopwatch();

  /**
   * Work of known cost, for benchmarks.
   *
   * @return the same object at every call
   */
  Probe probe();

  /**
   * Sets how exactly matrices are multiplied from now on; {@link MatmulPrecision#HIGHEST} until
   * then. A recording goes on with what was set when it was first run.
   *
   * @param precision which roundings are allowed
   */
  void matmulPrecision(MatmulPrecision precision);

  /**
   * The memory that this device's tensors take.
   *
   * @return current and peak
   */
  MemoryUse memory();

  /**
   * Waits until everything that was issued has finished.
   *
   * @throws IllegalArgumentException if an operation found values that it cannot work with; it and
   *     those issued after it have written nothing
   */
  void synchronize();

  /** Gives back threads and memory; a second call does nothing. */
  @Override
  void close();
}
