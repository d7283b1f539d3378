package dev.surprisal.benchmarks.preset;

import dev.surprisal.benchmarks.measure.Timing;
import dev.surprisal.device.Stopwatch;

/** The host's clock, for calls that return when their work is done. */
final class HostClock implements Timing {
  /** As {@link System#nanoTime} is, and its own cost, in microseconds. */
  private static final double RESOLUTION = 0.1;

  @Override
  public Stopwatch stopwatch() {
    return new HostStopwatch();
  }

  @Override
  public void finish() {
    // It has finished.
  }

  @Override
  public boolean queues() {
    return false;
  }

  @Override
  public void busy(long nanoseconds) {
    throw new UnsupportedOperationException("nothing queues here");
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  private static final class HostStopwatch implements Stopwatch {
    private long started;
    private long stopped;

    @Override
    public void start() {
      started = System.nanoTime();
    }

    @Override
    public void stop() {
      stopped = System.nanoTime();
    }

    @Override
    public double microseconds() {
      return (stopped - started) / 1e3;
    }

    @Override
    public double resolution() {
      return RESOLUTION;
    }

    @Override
    public void close() {
      // There is nothing to give back.
    }
  }
}
