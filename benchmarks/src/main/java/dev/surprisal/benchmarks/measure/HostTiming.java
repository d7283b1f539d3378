package dev.surprisal.benchmarks.measure;

import dev.surprisal.device.Device;
import dev.surprisal.device.Stopwatch;

/** The host's clock: the time from the first call until the results are on the host. */
final class HostTiming implements Timing {
  /** As {@link System#nanoTime} is, and its own cost, in microseconds. */
  private static final double RESOLUTION = 0.1;

  /** What the wait for a device at the end of a sample may cost that no run is to blame for. */
  private static final double WAIT = 10;

  private final Runnable finish;
  private final double resolution;

  private HostTiming(Runnable finish, double resolution) {
    this.finish = finish;
    this.resolution = resolution;
  }

  /** Of calls that return when their work is done. */
  static HostTiming ofCalls() {
    return new HostTiming(() -> {}, RESOLUTION);
  }

  /**
   * Of what a device does.
   *
   * @param device that works
   * @param settle what brings the results to the host at the end of a sample
   */
  static HostTiming of(Device device, Runnable settle) {
    return new HostTiming(
        () -> {
          settle.run();
          device.synchronize();
        },
        DeviceTiming.queues(device) ? WAIT : RESOLUTION);
  }

  @Override
  public Stopwatch stopwatch() {
    return new HostStopwatch();
  }

  @Override
  public void finish() {
    finish.run();
  }

  /** A sample is over only when nothing is queued any more. */
  @Override
  public boolean queues() {
    return false;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  private final class HostStopwatch implements Stopwatch {
    private long started;
    private long stopped;

    @Override
    public void start() {
      started = System.nanoTime();
    }

    @Override
    public void stop() {
      finish.run();
      stopped = System.nanoTime();
    }

    @Override
    public double microseconds() {
      return (stopped - started) / 1e3;
    }

    @Override
    public double resolution() {
      return resolution;
    }

    @Override
    public void close() {
      // There is nothing to give back.
    }
  }
}
