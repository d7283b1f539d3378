package dev.surprisal.device.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads, with the caller's, that run the chunks of one task after another.
 *
 * <p>Starting a task allocates nothing. Idle threads spin for a moment, because the next task of a
 * training step follows within microseconds, and then sleep.
 */
final class Workers implements AutoCloseable {
  private static final int SPINS = 2_000;
  private static final long CHUNKS = 0xFFFF_FFFFL;

  private final Scratch callerScratch = new Scratch();
  private final Thread[] threads;

  /** Upper half: number of the current task. Lower half: its chunks that no thread has taken. */
  private final AtomicLong ticket = new AtomicLong();

  private final AtomicInteger unfinished = new AtomicInteger();
  private volatile boolean closed;
  private volatile Throwable failure;
  private CpuTask task;

  Workers(int count) {
    threads = new Thread[count - 1];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(this::work, "surprisal-cpu-" + (i + 1));
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  int count() {
    return threads.length + 1;
  }

  /** Runs all chunks and returns after the last; throws one of their failures, if any. */
  synchronized void run(CpuTask newTask, int chunks) {
    if (closed) {
      throw new IllegalStateException("the CPU device was closed");
    }
    if (threads.length == 0 || chunks <= 1) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        newTask.run(chunk, callerScratch);
      }
      return;
    }
    task = newTask;
    unfinished.set(chunks);
    ticket.set(((ticket.get() >>> 32) + 1 << 32) | chunks);
    for (int i = 0; i < threads.length && i < chunks - 1; i++) {
      LockSupport.unpark(threads[i]);
    }
    takeChunks(callerScratch);
    for (int idle = 0; unfinished.get() > 0; idle++) {
      if (idle < SPINS) {
        Thread.onSpinWait();
      } else {
        // On a busy machine the other thread may need this processor.
        Thread.yield();
      }
    }
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown;
    }
  }

  private void work() {
    Scratch scratch = new Scratch();
    int idle = 0;
    while (!closed) {
      if (takeChunks(scratch)) {
        idle = 0;
      } else if (++idle < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
        idle = 0;
      }
    }
  }

  /** A taken ticket keeps its task from ending, so {@code task} belongs to the ticket. */
  private boolean takeChunks(Scratch scratch) {
    boolean any = false;
    for (long seen = ticket.get(); (seen & CHUNKS) != 0; seen = ticket.get()) {
      if (ticket.compareAndSet(seen, seen - 1)) {
        any = true;
        try {
          task.run((int) (seen & CHUNKS) - 1, scratch);
        } catch (RuntimeException | Error thrown) {
          failure = thrown;
        } finally {
          unfinished.decrementAndGet();
        }
      }
    }
    return any;
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
