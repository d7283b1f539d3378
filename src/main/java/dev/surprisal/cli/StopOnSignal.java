package dev.surprisal.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Lets Ctrl-C (and any other signal that ends the JVM) stop a piece of work in good order: the JVM
 * waits until this is closed, and then ends with the signal's status, 130 for Ctrl-C.
 */
final class StopOnSignal implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean requested;

  /** Calls {@code stop}, from a thread of its own, when the JVM is told to end. */
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

  /** Whether the JVM was told to end. */
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
