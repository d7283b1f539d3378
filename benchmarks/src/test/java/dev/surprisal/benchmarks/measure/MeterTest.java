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
  void workWithoutAQueueTakesWhatItTakesTheHost() {
    Answer.Turn turn = measure(new FakeTiming(false, CPU_RESOLUTION), 0, 1_000_000);

    assertEquals(1000, turn.median());
    assertEquals(1, turn.runs());
  }

  @Test
  void shortWorkIsRunUntilTheClockCanTellIt() {
    Answer.Turn turn = measure(new FakeTiming(false, CPU_RESOLUTION), 0, 2000);

    assertEquals(2, turn.median());
    assertTrue(turn.runs() * turn.median() >= 200 * CPU_RESOLUTION, turn::toString);
  }

  @Test
  void theHostsTimeToIssueIsNotTheDevices() {
    Answer.Turn turn = measure(new FakeTiming(true, GPU_RESOLUTION), 10_000, 2000);

    assertEquals(2, turn.median(), 1e-9);
    assertEquals(2, turn.upper(), 1e-9);
    assertTrue(turn.runs() >= 50, turn::toString);
  }

  @Test
  void longWorkOfADeviceIsTimedRunByRun() {
    Answer.Turn turn = measure(new FakeTiming(true, GPU_RESOLUTION), 10_000, 3_000_000);

    assertEquals(3000, turn.median(), 1e-9);
    assertEquals(1, turn.runs());
  }

  @Test
  void aQueueIsNeverGivenMoreThanItTakes() {
    // At 3 us a launch, a queue of 1000 is full after 3 ms.
    Answer.Turn turn = measure(new FakeTiming(true, GPU_RESOLUTION), 3000, 1000);

    assertEquals(1, turn.median(), 1e-9);
    assertTrue(turn.runs() <= 500, turn::toString);
  }

  @Test
  void aDeviceHasWorkWhileASampleIsRead() {
    FakeTiming timing = new FakeTiming(true, GPU_RESOLUTION);

    measure(timing, 5000, 100_000);

    assertTrue(timing.mostSamplesInFlight() > 1);
    assertTrue(timing.mostSamplesInFlight() <= 4);
  }

  @Test
  void whatIsTooShortForTheClockIsRefused() {
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
  void workThatTakesNoTimeIsRefused() {
    FakeTiming timing = new FakeTiming(false, CPU_RESOLUTION);

    assertThrows(RefusedException.class, () -> measure(timing, 0, 0));
  }

  @Test
  void workThatBecomesFasterWhileItIsMeasuredIsMeasuredAnew() {
    FakeTiming timing = new FakeTiming(false, CPU_RESOLUTION);
    int[] runs = {0};
    Meter meter = new Meter(timing, new Effort(0, 0, 101));

    Answer.Turn turn = meter.time(run -> timing.run(0, runs[0]++ < 20 ? 50_000 : 500));

    assertEquals(0.5, turn.median(), 1e-9);
    assertEquals(101, turn.samples());
    assertTrue(turn.runs() >= 40, turn::toString);
  }

  @Test
  void aHoldUpWhileRunsAreChosenChangesNothing() {
    FakeTiming timing = new FakeTiming(true, GPU_RESOLUTION);
    Meter meter = new Meter(timing, new Effort(0, 0.05, 5));

    // Of the first runs, every third takes the device a millisecond longer.
    Answer.Turn turn =
        meter.time(run -> timing.run(10_000, run < 20 && run % 3 == 0 ? 1_002_000 : 2000));

    assertEquals(2, turn.median(), 1e-9);
  }

  @Test
  void asManySamplesAreTakenAsAskedForHoweverLongTheyTake() {
    FakeTiming timing = new FakeTiming(false, CPU_RESOLUTION);
    Meter meter = new Meter(timing, new Effort(0, 0, 9));

    assertEquals(9, meter.time(run -> timing.run(0, 2_000_000_000)).samples());
  }

  @Test
  void samplesAreTakenForTheWholeTime() {
    Answer.Turn turn = measure(new FakeTiming(false, CPU_RESOLUTION), 0, 1_000_000);

    assertEquals(50, turn.samples(), 1);
  }

  @Test
  void runsAreCountedThroughSoThatOperandsTakeTurns() {
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
  void warmUpIsNotTimed() {
    FakeTiming timing = new FakeTiming(false, CPU_RESOLUTION);
    Meter meter = new Meter(timing, new Effort(1, 0.01, 3));
    int[] runs = {0};

    Answer.Turn turn = meter.time(run -> timing.run(0, runs[0]++ < 100 ? 9_000_000 : 1_000_000));

    assertEquals(1000, turn.median());
    assertEquals(1000, turn.upper());
  }

  @Test
  void everyStopwatchIsGivenBack() {
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
  void anEffortMeasuresSomething() {
    assertThrows(IllegalArgumentException.class, () -> new Effort(-1, 1, 5));
    assertThrows(IllegalArgumentException.class, () -> new Effort(1, Double.NaN, 5));
    assertThrows(IllegalArgumentException.class, () -> new Effort(1, 1, 2));
  }

  @Test
  void aKernelOfKnownCostComesOutRight() {
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
  void theHostsClockSeesAKernelOfKnownCostAndWhatSettlesIt() {
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
