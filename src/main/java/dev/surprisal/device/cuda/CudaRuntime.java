package dev.surprisal.device.cuda;

import org.bytedeco.javacpp.BytePointer;

/**
 * What the CUDA device needs of CUDA's runtime: one GPU's memory, one stream, and what happens on
 * it. Device addresses are plain numbers. Copies and zeroing are issued to the stream and may still
 * run when a call returns. A call that fails throws {@link dev.surprisal.device.DeviceException}.
 */
interface CudaRuntime extends AutoCloseable {
  /** A mark in the stream. */
  interface Event extends AutoCloseable {
    /** Puts the mark behind what was issued so far. */
    void record();

    /** Waits until the stream has reached the mark; at once if it was never put anywhere. */
    void await();

    /** The time from another mark to this one, after waiting for it. */
    double millisecondsSince(Event start);

    @Override
    void close();
  }

  /** Work that was captured. */
  interface Graph extends AutoCloseable {
    /** Issues all of it. */
    void launch();

    @Override
    void close();
  }

  /** The name of the GPU. */
  String gpu();

  /** The CUDA stream, for kernels, with this GPU made the calling thread's own. */
  long stream();

  /** Memory that holds anything, at a multiple of 256; 0 if there is not so much. */
  long allocate(long bytes);

  /** Gives memory back when what was issued so far no longer needs it. */
  void free(long address);

  /** Host memory that the GPU copies from and to by itself. */
  BytePointer allocateHost(long bytes);

  void freeHost(BytePointer memory);

  void copyToDevice(long target, BytePointer source, long bytes);

  void copyToHost(BytePointer target, long source, long bytes);

  void copy(long target, long source, long bytes);

  void zero(long address, long bytes);

  /** Waits until everything that was issued has finished. */
  void synchronize();

  Event event();

  /**
   * Runs work whose calls are not carried out but kept.
   *
   * @throws dev.surprisal.device.DeviceException if the work cannot be captured; nothing of it was
   *     carried out
   */
  Graph capture(Runnable work);

  long freeBytes();

  long totalBytes();

  /** Gives back the stream, after everything that was issued to it has finished. */
  @Override
  void close();
}
