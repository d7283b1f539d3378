package dev.surprisal.device;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;

/** The one owner of a block of memory; logs a warning if it is garbage-collected unclosed. */
final class Allocation {
  private static final Logger LOG = System.getLogger(Allocation.class.getPackageName());
  private static final Cleaner CLEANER = Cleaner.create();

  private final Storage storage;
  private final Watch watch;

  private Allocation(Storage storage, Watch watch) {
    this.storage = storage;
    this.watch = watch;
  }

  static Allocation of(Storage storage, String description) {
    Watch watch = new Watch(description);
    Allocation allocation = new Allocation(storage, watch);
    CLEANER.register(allocation, watch);
    return allocation;
  }

  Storage storage() {
    return storage;
  }

  Storage open() {
    if (watch.closed) {
      throw new IllegalStateException("this tensor was closed: " + watch.description);
    }
    return storage;
  }

  void close() {
    if (watch.closed) {
      throw new IllegalStateException("this tensor was closed before: " + watch.description);
    }
    watch.closed = true;
    storage.free();
  }

  /** The state that the cleaner reads after the owner is gone; must not refer to the owner. */
  private static final class Watch implements Runnable {
    private final String description;
    private volatile boolean closed;

    Watch(String description) {
      this.description = description;
    }

    @Override
    public void run() {
      if (!closed) {
        LOG.log(
            Level.WARNING, "a tensor was never closed, so its memory is leaked: {0}", description);
      }
    }
  }
}
