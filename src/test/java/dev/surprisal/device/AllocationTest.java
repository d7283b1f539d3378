package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;

class AllocationTest {
  private static final String LEAK = "INT32 [7, 11]";

  @OnEveryDevice
  void a_tensor_that_was_never_closed_is_reported_when_it_is_collected(Bench bench)
      throws InterruptedException {
    try (LogCapture log = new LogCapture("dev.surprisal.device")) {
      Tensor inUse = bench.device().allocate(DType.INT32, 7, 11);
      bench.device().allocate(DType.INT32, 7, 11).close();
      leak(bench.device());
      awaitWarning(log);
      assertEquals(
          List.of(
              "WARNING a tensor was never closed, so its memory is leaked: INT32 [7, 11] on "
                  + bench.device()),
          log.lines(LEAK));
      inUse.close();
    }
  }

  private static void leak(Device device) {
    // A slice keeps the memory alive, until it is gone too.
    assertTrue(device.allocate(DType.INT32, 7, 11).slice(0, 3).elements() == 3);
  }

  private static void awaitWarning(LogCapture log) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (log.lines(LEAK).isEmpty() && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(5);
    }
  }
}
