package dev.surprisal.benchmarks.measure;

import dev.surprisal.device.Stopwatch;

/** The clock that times work, and how it keeps the device from waiting for the host. */
public interface Timing {
  /** A clock that the caller closes. */
  Stopwatch stopwatch();

  /** Waits until everything that was issued has finished. */
  void finish();

  /** Whether work is issued by calls that return before it is done, so that it queues. */
  boolean queues();

  /**
   * Keeps a device whose work queues busy, so that what is issued next queues behind it. Nothing is
   * to be done where nothing queues.
   */
  default void busy(long nanoseconds) {}

  /** The host's clock. */
  long nanoTime();
}
