package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

class ProbeTest {
  private static final long SPIN = 5_000_000;

  private static double time(Bench bench, Runnable work) {
    try (Stopwatch stopwatch = bench.device().stopwatch()) {
      stopwatch.start();
      work.run();
      stopwatch.stop();
      return stopwatch.microseconds();
    }
  }

  @OnEveryDevice
  void more_meetings_take_longer(Bench bench) {
    Probe probe = bench.device().probe();
    double few = Double.POSITIVE_INFINITY;
    double many = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 3; i++) {
      few = Math.min(few, time(bench, () -> probe.barriers(2)));
      many = Math.min(many, time(bench, () -> probe.barriers(200)));
    }
    String found = few + " us for 2, " + many + " us for 200";
    assertTrue(few < many, found);
  }

  @OnEveryDevice
  void none_may_be_asked_for(Bench bench) {
    bench.device().probe().spin(0);
    bench.device().probe().barriers(0);
    bench.device().synchronize();
  }

  @OnEveryDevice
  void what_is_recorded_is_done_in_every_run(Bench bench) {
    Probe probe = bench.device().probe();
    Runnable work =
        () -> {
          probe.spin(SPIN);
          probe.barriers(3);
          probe.spin(SPIN);
        };
    try (Recording recording = bench.device().recording(work)) {
      for (int run = 0; run < 4; run++) {
        double found = time(bench, recording::run);
        assertTrue(1e3 * found > 1.99 * SPIN, () -> "took " + found + " us");
      }
    }
  }

  @OnEveryDevice
  void times_and_counts_outside_their_range_are_refused(Bench bench) {
    Probe probe = bench.device().probe();
    refused("spin: expected 0 to 1,000,000,000 nanoseconds, found -1", () -> probe.spin(-1));
    refused(
        "spin: expected 0 to 1,000,000,000 nanoseconds, found 1,000,000,001",
        () -> probe.spin(Probe.LONGEST_SPIN + 1));
    refused("barriers: expected 0 to 1,048,576 barriers, found -1", () -> probe.barriers(-1));
    refused(
        "barriers: expected 0 to 1,048,576 barriers, found 1,048,577",
        () -> probe.barriers(Probe.MOST_BARRIERS + 1));
  }

  private static void refused(String message, Executable use) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, use).getMessage());
  }
}
