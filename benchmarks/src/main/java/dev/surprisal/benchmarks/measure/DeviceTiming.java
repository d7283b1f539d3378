package dev.surprisal.benchmarks.measure;

import dev.surprisal.device.Device;
import dev.surprisal.device.Probe;
import dev.surprisal.device.Stopwatch;

/** The device's own clock: the time of work that is queued when the device is ready. */
final class DeviceTiming implements Timing {
  private static final long PROBE_NANOSECONDS = 2_000_000;
  private static final int PROBES = 3;

  private final Device device;
  private final boolean queues;

  DeviceTiming(Device device) {
    this.device = device;
    queues = queues(device);
  }

  /**
   * Whether a call returns before its work is done. The first one may load the kernel, and the host
   * may be held up: one quick return is enough.
   */
  static boolean queues(Device device) {
    boolean found = false;
    for (int i = 0; i < PROBES && !found; i++) {
      device.synchronize();
      long start = System.nanoTime();
      device.probe().spin(PROBE_NANOSECONDS);
      found = System.nanoTime() - start < PROBE_NANOSECONDS / 2;
    }
    device.synchronize();
    return found;
  }

  @Override
  public Stopwatch stopwatch() {
    return device.stopwatch();
  }

  @Override
  public void finish() {
    device.synchronize();
  }

  @Override
  public boolean queues() {
    return queues;
  }

  @Override
  public void busy(long nanoseconds) {
    device.probe().spin(Math.min(nanoseconds, Probe.LONGEST_SPIN));
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
