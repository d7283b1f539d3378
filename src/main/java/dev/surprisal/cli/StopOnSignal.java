package dev.surprisal.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Stops work cleanly on Ctrl-C or any other signal that ends the JVM: the JVM waits until this is
 * closed, and then exits with the signal's status, 130 for Ctrl-C.
 */
final class StopOnSignal implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean requested;

  /** Calls {@code stop}, on a separate thread, when a signal ends the JVM. */
  StopOnSignal(Runnable stop) {
    hook =
        new Thread(
            () -> {
              requested = true;
              stop.run();
              try {
                closed.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "stop-on-signal");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether a signal asked the JVM to end. */
  boolean requested() {
    return requested;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending, as requested.
    }
  }
}
