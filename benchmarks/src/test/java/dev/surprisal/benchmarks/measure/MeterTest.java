package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeterTest {
  private static final Effort EFFORT = new Effort(0.01, 0.05, 5);
  private static final double CPU_RESOLUTION = 0.1;
  private static final double GPU_RESOLUTION = 0.5;

  private static Answer.Turn measure(FakeTiming timing, long issue, long work) {
    return new Meter(timing, EFFORT).time(run -> timing.run(issue, work));
  }

  @Test
  void work_without_a_queue_takes_what_it_takes_the_host() {
    Answer.Turn turn = measure(new FakeTiming(false, CPU_RESOLUTION), 0, 1_000_000);

    assertEquals(1000, turn.median());
    assertEquals(1, turn.runs());
  }

  @Test
  void short_work_is_run_until_the_clock_can_tell_it() {
    Answer.Turn turn = measure(new FakeTiming(false, CPU_RESOLUTION), 0, 2000);

    assertEquals(2, turn.median());
    assertTrue(turn.runs() * turn.median() >= 200 * CPU_RESOLUTION, turn::toString);
  }

  @Test
  void the_hosts_time_to_issue_is_not_the_devices() {
    Answer.Turn turn = measure(new FakeTiming(true, GPU_RESOLUTION), 10_000, 2000);

    assertEquals(2, turn.median(), 1e-9);
    assertEquals(2, turn.upper(), 1e-9);
    assertTrue(turn.runs() >= 50, turn::toString);
  }

  @Test
  void long_work_of_a_device_is_timed_run_by_run() {
    Answer.Turn turn = measure(new FakeTiming(true, GPU_RESOLUTION), 10_000, 3_000_000);

    assertEquals(3000, turn.median(), 1e-9);
    assertEquals(1, turn.runs());
  }

  @Test
  void a_queue_is_never_given_more_than_it_takes() {
    // At 3 us a launch, a queue of 1000 is full after 3 ms.
    Answer.Turn turn = measure(new FakeTiming(true, GPU_RESOLUTION), 3000, 1000);

    assertEquals(1, turn.median(), 1e-9);
    assertTrue(turn.runs() <= 500, turn::toString);
  }

  @Test
  void a_device_has_work_while_a_sample_is_read() {
    FakeTiming timing = new FakeTiming(true, GPU_RESOLUTION);

    measure(timing, 5000, 100_000);

    assertTrue(timing.mostSamplesInFlight() > 1);
    assertTrue(timing.mostSamplesInFlight() <= 4);
  }

  @Test
  void what_is_too_short_for_the_clock_is_refused() {
    FakeTiming timing = new FakeTiming(true, GPU_RESOLUTION);

    // 150 runs are all that the host may issue at a time; they take 1.5 us of 100.
    RefusedException refused =
        assertThrows(RefusedException.class, () -> measure(timing, 10_000, 10));

    assertTrue(
        refused.getMessage().startsWith("too short to be measured: 1"), refused.getMessage());
    assertTrue(refused.getMessage().contains("200 times the 0.5 us"), refused.getMessage());
    assertEquals(0, timing.stopwatchesLeftOpen());
  }

  @Test
  void work_that_takes_no_time_is_refused() {
    FakeTiming timing = new FakeTiming(false, CPU_RESOLUTION);

    assertThrows(RefusedException.class, () -> measure(timing, 0, 0));
  }

  @Test
  void work_that_becomes_faster_while_it_is_measured_is_measured_anew() {
    FakeTiming timing = new FakeTiming(false, CPU_RESOLUTION);
    int[] runs = {0};
    Meter meter = new Meter(timing, new Effort(0, 0, 101));

    Answer.Turn turn = meter.time(run -> timing.run(0, runs[0]++ < 20 ? 50_000 : 500));

    assertEquals(0.5, turn.median(), 1e-9);
    assertEquals(101, turn.samples());
    assertTrue(turn.runs() >= 40, turn::toString);
  }

  @Test
  void a_hold_up_while_runs_are_chosen_changes_nothing() {
    FakeTiming timing = new FakeTiming(true, GPU_RESOLUTION);
    Meter meter = new Meter(timing, new Effort(0, 0.05, 5));

    // Of the first runs, every third takes the device a millisecond longer.
    Answer.Turn turn =
        meter.time(run -> timing.run(10_000, run < 20 && run % 3 == 0 ? 1_002_000 : 2000));

    assertEquals(2, turn.median(), 1e-9);
  }

  @Test
  void as_many_samples_are_taken_as_asked_for_however_long_they_take() {
    FakeTiming timing = new FakeTiming(false, CPU_RESOLUTION);
    Meter meter = new Meter(timing, new Effort(0, 0, 9));

    assertEquals(9, meter.time(run -> timing.run(0, 2_000_000_000)).samples());
  }

  @Test
  void samples_are_taken_for_the_whole_time() {
    Answer.Turn turn = measure(new FakeTiming(false, CPU_RESOLUTION), 0, 1_000_000);

    assertEquals(50, turn.samples(), 1);
  }

  @Test
  void runs_are_counted_through_so_that_operands_take_turns() {
    FakeTiming timing = new FakeTiming(true, GPU_RESOLUTION);
    List<Integer> seen = new ArrayList<>();

    new Meter(timing, EFFORT)
        .time(
            run -> {
              seen.add(run);
              timing.run(10_000, 20_000);
            });

    assertEquals(IntStream.range(0, seen.size()).boxed().toList(), seen);
  }

  @Test
  void warm_up_is_not_timed() {
    FakeTiming timing = new FakeTiming(false, CPU_RESOLUTION);
    Meter meter = new Meter(timing, new Effort(1, 0.01, 3));
    int[] runs = {0};

    Answer.Turn turn = meter.time(run -> timing.run(0, runs[0]++ < 100 ? 9_000_000 : 1_000_000));

    assertEquals(1000, turn.median());
    assertEquals(1000, turn.upper());
  }

  @Test
  void every_stopwatch_is_given_back() {
    FakeTiming timing = new FakeTiming(true, GPU_RESOLUTION);

    measure(timing, 5000, 100_000);
    assertEquals(0, timing.stopwatchesLeftOpen());
    assertThrows(
        IllegalStateException.class,
        () ->
            new Meter(timing, EFFORT)
                .time(
                    run -> {
                      timing.run(1000, 100_000);
                      if (run > 400) {
                        throw new IllegalStateException("a run that fails");
                      }
                    }));
    assertEquals(0, timing.stopwatchesLeftOpen());
  }

  @Test
  void an_effort_measures_something() {
    assertThrows(IllegalArgumentException.class, () -> new Effort(-1, 1, 5));
    assertThrows(IllegalArgumentException.class, () -> new Effort(1, Double.NaN, 5));
    assertThrows(IllegalArgumentException.class, () -> new Effort(1, 1, 2));
  }

  @Test
  void a_kernel_of_known_cost_comes_out_right() {
    try (Device device = Device.cpu(1)) {
      for (long nanoseconds : new long[] {5000, 300_000}) {
        Answer.Turn turn =
            Meter.ofDevice(device, EFFORT).time(run -> device.probe().spin(nanoseconds));

        // It spins for that long or longer, and a busy machine holds up single samples only.
        double expected = nanoseconds / 1e3;
        assertTrue(turn.lower() >= expected, turn::toString);
        assertTrue(turn.lower() < 1.1 * expected, turn::toString);
      }
    }
  }

  @Test
  void the_hosts_clock_sees_a_kernel_of_known_cost_and_what_settles_it() {
    try (Device device = Device.cpu(1)) {
      Answer.Turn turn =
          Meter.ofHost(device, () -> device.probe().spin(200_000), EFFORT)
              .time(run -> device.probe().spin(300_000));

      assertEquals(1, turn.runs());
      assertTrue(turn.lower() >= 500, turn::toString);
      assertTrue(turn.lower() < 550, turn::toString);
    }
  }
}
