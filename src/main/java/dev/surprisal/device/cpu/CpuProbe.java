package dev.surprisal.device.cpu;

import dev.surprisal.device.Probe;

/** The cost of handing out work to the threads of the CPU, and a wait by its clock. */
final class CpuProbe implements Probe {
  private static final CpuTask NOTHING = (chunk, scratch) -> {};

  private final Workers workers;

  CpuProbe(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void spin(long nanoseconds) {
    if (nanoseconds < 0 || nanoseconds > LONGEST_SPIN) {
      throw new IllegalArgumentException(
          "expected 0 to " + LONGEST_SPIN + " nanoseconds, found " + nanoseconds);
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanoseconds) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void barriers(int count) {
    if (count < 0 || count > MOST_BARRIERS) {
      throw new IllegalArgumentException(
          "expected 0 to " + MOST_BARRIERS + " barriers, found " + count);
    }
    for (int i = 0; i < count; i++) {
      workers.run(NOTHING, workers.count());
    }
  }
}
