package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class StopwatchTest {
  private static final long SPIN = 5_000_000;

  /** The machine may be busy with other things: one try of so many has to be undisturbed. */
  private static final int TRIES = 50;

  /** The time of some work in nanoseconds, from the first try in which it is below a limit. */
  private static double time(Stopwatch stopwatch, double limit, Runnable before, Runnable work) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < TRIES && least >= limit; i++) {
      before.run();
      stopwatch.start();
      work.run();
      stopwatch.stop();
      least = Math.min(least, 1e3 * stopwatch.microseconds());
    }
    double found = least;
    assertTrue(found < limit, () -> "took " + found + " ns, expected less than " + limit);
    return found;
  }

  private static void assertTakesOneSpin(Bench bench, Runnable work) {
    try (Stopwatch stopwatch = bench.device().stopwatch()) {
      double found = time(stopwatch, 1.75 * SPIN, () -> {}, work);
      assertTrue(found >= SPIN - 1e3 * stopwatch.resolution(), () -> "took " + found + " ns");
    }
  }

  @OnEveryDevice
  void work_of_a_known_time_takes_it_and_little_more(Bench bench) {
    assertTakesOneSpin(bench, () -> bench.device().probe().spin(SPIN));
  }

  @OnEveryDevice
  void all_work_between_start_and_stop_counts(Bench bench) {
    Probe probe = bench.device().probe();
    assertTakesOneSpin(
        bench,
        () -> {
          probe.spin(SPIN / 2);
          probe.spin(SPIN / 2);
        });
  }

  @OnEveryDevice
  void work_before_the_start_does_not_count(Bench bench) {
    Probe probe = bench.device().probe();
    try (Stopwatch stopwatch = bench.device().stopwatch()) {
      assertTrue(time(stopwatch, SPIN / 2, () -> probe.spin(SPIN), () -> {}) >= 0);
      Runnable restart =
          () -> {
            probe.spin(SPIN);
            stopwatch.start();
          };
      assertTrue(time(stopwatch, SPIN / 2, () -> {}, restart) >= 0);
    }
  }

  @OnEveryDevice
  void work_behind_the_stop_does_not_count(Bench bench) {
    Probe probe = bench.device().probe();
    try (Stopwatch stopwatch = bench.device().stopwatch()) {
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < TRIES && least >= SPIN / 2; i++) {
        stopwatch.start();
        stopwatch.stop();
        probe.spin(SPIN);
        double found = 1e3 * stopwatch.microseconds();
        assertEquals(found, 1e3 * stopwatch.microseconds(), "read again");
        least = Math.min(least, found);
      }
      double found = least;
      assertTrue(0 <= found && found < SPIN / 2, () -> "took " + found + " ns");
    }
  }

  @OnEveryDevice
  void several_stopwatches_run_at_a_time(Bench bench) {
    Probe probe = bench.device().probe();
    try (Stopwatch outer = bench.device().stopwatch();
        Stopwatch inner = bench.device().stopwatch()) {
      outer.start();
      probe.spin(SPIN);
      inner.start();
      probe.spin(SPIN);
      inner.stop();
      outer.stop();
      double between = outer.microseconds() - inner.microseconds();
      assertTrue(1e3 * between >= SPIN - 1e3 * outer.resolution(), () -> between + " us apart");
    }
  }

  @OnEveryDevice
  void what_was_not_started_or_stopped_is_refused(Bench bench) {
    try (Stopwatch stopwatch = bench.device().stopwatch()) {
      refused("the stopwatch was not started", stopwatch::stop);
      refused("the stopwatch was not started and stopped", stopwatch::microseconds);
      stopwatch.start();
      refused("the stopwatch was not started and stopped", stopwatch::microseconds);
      stopwatch.stop();
      refused("the stopwatch was not started", stopwatch::stop);
      assertTrue(stopwatch.microseconds() >= 0);
      stopwatch.start();
      refused("the stopwatch was not started and stopped", stopwatch::microseconds);
    }
  }

  @OnEveryDevice
  void a_closed_stopwatch_is_refused_and_closed_again(Bench bench) {
    Stopwatch stopwatch = bench.device().stopwatch();
    stopwatch.start();
    stopwatch.stop();
    stopwatch.close();
    List<Executable> uses = List.of(stopwatch::start, stopwatch::stop, stopwatch::microseconds);
    for (Executable use : uses) {
      refused("the stopwatch was closed", use);
    }
    stopwatch.close();
  }

  @Test
  void nothing_is_timed_on_a_closed_device() {
    Device device = Device.cpu(1);
    Probe probe = device.probe();
    Stopwatch stopwatch = device.stopwatch();
    stopwatch.start();
    device.close();
    List<Executable> uses =
        List.of(
            stopwatch::start,
            stopwatch::stop,
            stopwatch::microseconds,
            device::stopwatch,
            () -> probe.spin(0),
            () -> probe.barriers(0));
    for (Executable use : uses) {
      refused("the CPU device was closed", use);
    }
    stopwatch.close();
  }

  @OnEveryDevice
  void the_resolution_is_a_time(Bench bench) {
    try (Stopwatch stopwatch = bench.device().stopwatch()) {
      assertTrue(stopwatch.resolution() > 0 && stopwatch.resolution() < 1e3);
    }
  }

  private static void refused(String message, Executable use) {
    assertEquals(message, assertThrows(IllegalStateException.class, use).getMessage());
  }
}
