package dev.surprisal.benchmarks.measure;

import dev.surprisal.device.Stopwatch;
import java.util.ArrayList;
import java.util.List;

/**
 * A host that takes time to issue runs, and a device that takes time to do them, behind each other
 * or, where it does not queue, at once. All times are in nanoseconds.
 */
final class FakeTiming implements Timing {
  /** The host's own steps, so that its clock never stands still. */
  private static final long TICK = 50;

  private final boolean queues;
  private final double resolutionMicroseconds;
  private final List<Stopwatch> open = new ArrayList<>();
  private long host;
  private long device;
  private int mostInFlight;
  private int inFlight;
  private int finishes;

  FakeTiming(boolean queues, double resolutionMicroseconds) {
    this.queues = queues;
    this.resolutionMicroseconds = resolutionMicroseconds;
  }

  /** What a run does: the host is busy for so long, and then the device. */
  void run(long issue, long work) {
    host += issue;
    device = Math.max(device, host) + work;
    if (!queues) {
      host = device;
    }
  }

  int stopwatchesLeftOpen() {
    return open.size();
  }

  int mostSamplesInFlight() {
    return mostInFlight;
  }

  int finishes() {
    return finishes;
  }

  @Override
  public Stopwatch stopwatch() {
    Stopwatch stopwatch = new FakeStopwatch();
    open.add(stopwatch);
    return stopwatch;
  }

  @Override
  public void finish() {
    finishes++;
    host = Math.max(host, device);
  }

  @Override
  public boolean queues() {
    return queues;
  }

  @Override
  public void busy(long nanoseconds) {
    device = Math.max(device, host) + nanoseconds;
  }

  @Override
  public long nanoTime() {
    host += TICK;
    return host;
  }

  /** Stands in the queue like an event: a start is reached when what was issued before is done. */
  private final class FakeStopwatch implements Stopwatch {
    private long started;
    private long stopped;

    @Override
    public void start() {
      started = Math.max(device, host);
      inFlight++;
      mostInFlight = Math.max(mostInFlight, inFlight);
    }

    @Override
    public void stop() {
      stopped = Math.max(device, host);
    }

    @Override
    public double microseconds() {
      inFlight--;
      host = Math.max(host, stopped);
      return (stopped - started) / 1e3;
    }

    @Override
    public double resolution() {
      return resolutionMicroseconds;
    }

    @Override
    public void close() {
      open.remove(this);
    }
  }
}
