package dev.surprisal.device.cuda;

import org.bytedeco.javacpp.BytePointer;

/**
 * The part of CUDA's runtime that the device uses: memory, one stream, events and graphs of one
 * GPU. Device addresses are plain numbers. Copies and zeroing are issued to the stream and may
 * still run when a call returns. A call that fails throws {@link
 * dev.surprisal.device.DeviceException}.
 */
interface CudaRuntime extends AutoCloseable {
  /** A place in the stream. */
  interface Event extends AutoCloseable {
    /** Places the event after all work issued so far. */
    void record();

    /** Waits until the stream has reached the event; returns at once if it was never recorded. */
    void await();

    /** Waits for this event and returns the time since another. */
    double millisecondsSince(Event start);

    @Override
    void close();
  }

  /** Captured work. */
  interface Graph extends AutoCloseable {
    /** Issues all of it. */
    void launch();

    @Override
    void close();
  }

  /** Returns the name of the GPU. */
  String gpu();

  /** Makes this GPU the calling thread's current one and returns the stream. */
  long stream();

  /** Allocates uninitialised memory at a multiple of 256; returns 0 if too little is free. */
  long allocate(long bytes);

  /** Releases memory after all work issued so far. */
  void free(long address);

  /** Allocates pinned host memory, which the GPU copies from and to by itself. */
  BytePointer allocateHost(long bytes);

  void freeHost(BytePointer memory);

  void copyToDevice(long target, BytePointer source, long bytes);

  void copyToHost(BytePointer target, long source, long bytes);

  void copy(long target, long source, long bytes);

  void zero(long address, long bytes);

  /** Waits until all issued work has finished. */
  void synchronize();

  Event event();

  /**
   * Runs work and captures its calls without executing them.
   *
   * @throws dev.surprisal.device.DeviceException if the work cannot be captured; none of it was
   *     executed
   */
  Graph capture(Runnable work);

  long freeBytes();

  long totalBytes();

  /** Releases the stream after all work issued to it. */
  @Override
  void close();
}
