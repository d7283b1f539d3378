package dev.surprisal.device.cpu;

import dev.surprisal.device.Stopwatch;

/** The host's clock: operations of the CPU have finished when their calls return. */
final class CpuStopwatch implements Stopwatch {
  /** The resolution and the cost of {@link System#nanoTime} where it is no system call. */
  private static final double RESOLUTION = 0.1;

  private final CpuDevice device;
  private long started;
  private long stopped;
  private boolean running;
  private boolean complete;
  private boolean closed;

  CpuStopwatch(CpuDevice device) {
    this.device = device;
  }

  private void requireUsable() {
    device.requireOpen();
    if (closed) {
      throw new IllegalStateException("the stopwatch was closed");
    }
  }

  @Override
  public void start() {
    requireUsable();
    running = true;
    complete = false;
    started = System.nanoTime();
  }

  @Override
  public void stop() {
    long now = System.nanoTime();
    requireUsable();
    if (!running) {
      throw new IllegalStateException("the stopwatch was not started");
    }
    stopped = now;
    running = false;
    complete = true;
  }

  @Override
  public double microseconds() {
    requireUsable();
    if (!complete) {
      throw new IllegalStateException("the stopwatch was not started and stopped");
    }
    return (stopped - started) / 1e3;
  }

  @Override
  public double resolution() {
    return RESOLUTION;
  }

  @Override
  public void close() {
    closed = true;
  }
}
