package dev.surprisal.benchmarks;

import java.util.stream.DoubleStream;

/** The milliseconds that single steps took, the shortest first. */
record StepTimes(double[] sorted) {
  private static final int FEWEST_STEPS = 5;

  /** Takes steps for some seconds, and then for as long again with a clock. */
  static StepTimes of(Runnable step, double seconds) {
    measure(step, seconds);
    return measure(step, seconds);
  }

  private static StepTimes measure(Runnable step, double seconds) {
    DoubleStream.Builder times = DoubleStream.builder();
    long start = System.nanoTime();
    for (int count = 0;
        count < FEWEST_STEPS || System.nanoTime() - start < seconds * 1e9;
        count++) {
      long before = System.nanoTime();
      step.run();
      times.add((System.nanoTime() - before) / 1e6);
    }
    return new StepTimes(times.build().sorted().toArray());
  }

  int steps() {
    return sorted.length;
  }

  double median() {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  double shortest() {
    return sorted[0];
  }
}
