package dev.surprisal.benchmarks.measure;

import dev.surprisal.device.Device;
import dev.surprisal.device.Stopwatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;

/**
 * Measures work that is issued again and again.
 *
 * <p>A sample is as many runs in a row as the resolution of its clock requires. On a device whose
 * work queues, the device is kept busy before each sample for as long as the host takes to issue
 * it: the device then finds every run waiting for it, and what is timed is its work and not the
 * host's. The time for that is bounded, so that the queue does not run full; a run that alone takes
 * the host longer than that is timed as it comes.
 */
public final class Meter {
  /** A sample is so many times the smallest time that the clock can tell. */
  static final int REACH = 200;

  /** Runs are chosen for twice as much, since what is warm may become faster still. */
  private static final int SPARE = 2;

  private static final int MOST_RUNS = 1 << 20;
  private static final int IN_FLIGHT = 4;
  private static final int FEWEST_WARMUP_RUNS = 2;
  private static final long WARMUP_BATCH_NANOSECONDS = 20_000_000;
  private static final int ISSUE_PROBES = 5;
  private static final int CHOICE_SAMPLES = 3;

  /** No hold-up makes a short sample so many times what the clock can tell. */
  private static final int LONG_ENOUGH = 1_000_000;

  /** A queue takes a thousand kernels or so, and no host issues more in this time. */
  private static final long MOST_ISSUE_NANOSECONDS = 1_500_000;

  private final Timing timing;
  private final Effort effort;

  /** Times by any clock. */
  public Meter(Timing timing, Effort effort) {
    this.timing = timing;
    this.effort = effort;
  }

  /**
   * Times by the device's clock: what the device takes, for work that is there when it is ready.
   */
  public static Meter ofDevice(Device device, Effort effort) {
    return new Meter(new DeviceTiming(device), effort);
  }

  /**
   * Times by the host's clock: what everything takes until its results are there.
   *
   * @param device that works
   * @param settle what brings the results of a sample's runs to the host
   * @param effort how long to take
   */
  public static Meter ofHost(Device device, Runnable settle, Effort effort) {
    return new Meter(HostTiming.of(device, settle), effort);
  }

  /** Times by the host's clock calls that return when their work is done. */
  public static Meter ofCalls(Effort effort) {
    return new Meter(HostTiming.ofCalls(), effort);
  }

  /**
   * Measures.
   *
   * @param work issues run number i, counted from 0 through warm-up and samples
   * @return microseconds a run
   * @throws RefusedException if so many runs as can be are still too short for the clock
   */
  public Answer.Turn time(IntConsumer work) {
    Runs runs = new Runs(work);
    warmUp(runs);
    long issue = timing.queues() ? issueNanoseconds(runs) : 0;
    int most = issue == 0 ? MOST_RUNS : (int) Math.max(1, MOST_ISSUE_NANOSECONDS / issue);
    int each = runsOfASample(runs, issue, most);
    while (true) {
      Samples samples = new Samples(samples(runs, each, issue));
      if (samples.median() >= REACH * resolution()) {
        return samples.turn(each);
      }
      // It has become faster since the runs were chosen, or something held the choice up.
      each = more(each, most, samples.median());
    }
  }

  /** In batches, so that the queue neither grows without end nor is waited for after each run. */
  private void warmUp(Runs runs) {
    long start = timing.nanoTime();
    int batch = 1;
    for (int done = 0;
        done < FEWEST_WARMUP_RUNS
            || done < MOST_RUNS && timing.nanoTime() - start < effort.warmup() * 1e9;
        done += batch) {
      long before = timing.nanoTime();
      runs.issue(batch);
      timing.finish();
      if (timing.nanoTime() - before < WARMUP_BATCH_NANOSECONDS) {
        batch *= 2;
      }
    }
  }

  /** The host's time for one run while the queue has room. */
  private long issueNanoseconds(Runs runs) {
    double[] times = new double[ISSUE_PROBES];
    for (int i = 0; i < ISSUE_PROBES; i++) {
      long before = timing.nanoTime();
      runs.issue(1);
      times[i] = timing.nanoTime() - before;
      timing.finish();
    }
    return (long) Math.ceil(new Samples(times).median());
  }

  /** By the fastest of some samples, which nothing held up. */
  private int runsOfASample(Runs runs, long issue, int most) {
    int each = 1;
    try (Stopwatch stopwatch = timing.stopwatch()) {
      while (true) {
        double fastest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < CHOICE_SAMPLES; i++) {
          sample(stopwatch, runs, each, issue);
          fastest = Math.min(fastest, stopwatch.microseconds());
          if (fastest >= LONG_ENOUGH * resolution()) {
            break;
          }
        }
        double reach = REACH * resolution();
        if (fastest >= SPARE * reach || each >= most && fastest >= reach) {
          return each;
        }
        each = more(each, most, fastest);
      }
    }
  }

  /** More runs than a number of them that took so long, which is too short. */
  private int more(int each, int most, double microseconds) {
    if (each >= most) {
      throw tooShort(each, microseconds);
    }
    double grown = each * SPARE * REACH * resolution() / Math.max(microseconds, resolution());
    return (int) Math.min(most, Math.max(2L * each, (long) Math.ceil(grown)));
  }

  private void sample(Stopwatch stopwatch, Runs runs, int each, long issue) {
    if (timing.queues()) {
      timing.busy(Math.min(2 * issue * each, 2 * MOST_ISSUE_NANOSECONDS));
    }
    stopwatch.start();
    runs.issue(each);
    stopwatch.stop();
  }

  /** Several are issued before the first is read: a device is not kept waiting for that. */
  private double[] samples(Runs runs, int each, long issue) {
    List<Stopwatch> stopwatches = new ArrayList<>();
    Deque<Stopwatch> issued = new ArrayDeque<>();
    DoubleStream.Builder times = DoubleStream.builder();
    try {
      for (int i = 0; i < (timing.queues() ? IN_FLIGHT : 1); i++) {
        stopwatches.add(timing.stopwatch());
      }
      long start = timing.nanoTime();
      for (int count = 0;
          count < effort.samples() || timing.nanoTime() - start < effort.seconds() * 1e9;
          count++) {
        Stopwatch next = stopwatches.get(count % stopwatches.size());
        if (issued.size() == stopwatches.size()) {
          times.add(issued.remove().microseconds());
        }
        sample(next, runs, each, issue);
        issued.add(next);
      }
      issued.forEach(stopwatch -> times.add(stopwatch.microseconds()));
      timing.finish();
    } finally {
      stopwatches.forEach(Stopwatch::close);
    }
    return times.build().toArray();
  }

  private double resolution() {
    try (Stopwatch stopwatch = timing.stopwatch()) {
      return stopwatch.resolution();
    }
  }

  private RefusedException tooShort(int runs, double microseconds) {
    return new RefusedException(
        String.format(
            Locale.ROOT,
            "too short to be measured: %,d runs take %.3f us, and a sample must take %d times the"
                + " %.1f us that the clock can tell",
            runs,
            microseconds,
            REACH,
            resolution()));
  }

  /** Counts runs, so that each finds the operands of its number. */
  private static final class Runs {
    private final IntConsumer work;
    private int next;

    Runs(IntConsumer work) {
      this.work = work;
    }

    void issue(int count) {
      for (int i = 0; i < count; i++) {
        work.accept(next);
        next = next == Integer.MAX_VALUE ? 0 : next + 1;
      }
    }
  }
}
