package dev.surprisal.device.cpu;

import dev.surprisal.device.Probe;
import java.util.concurrent.atomic.AtomicInteger;

/** A wait by the host's clock, and tasks with one chunk for every thread. */
final class CpuProbe implements Probe {
  private static final int SPINS = 2_000;

  private final CpuDevice device;
  private final Workers workers;
  private final AtomicInteger arrived = new AtomicInteger();
  private final CpuTask meeting = (chunk, scratch) -> meet();

  CpuProbe(CpuDevice device, Workers workers) {
    this.device = device;
    this.workers = workers;
  }

  @Override
  public void spin(long nanoseconds) {
    device.requireOpen();
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanoseconds) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void barriers(int count) {
    device.requireOpen();
    for (int i = 0; i < count; i++) {
      arrived.set(0);
      workers.run(meeting, workers.count());
    }
  }

  /** Waits for all threads; a waiting thread takes no other chunk, so every thread takes one. */
  private void meet() {
    arrived.incrementAndGet();
    for (int idle = 0; arrived.get() < workers.count(); idle++) {
      if (idle < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }
}
