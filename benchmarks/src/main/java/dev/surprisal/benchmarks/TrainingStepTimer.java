package dev.surprisal.benchmarks;

import dev.surprisal.device.Device;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Times training steps of one shape in a short process, for comparisons in turn; JMH's figures are
 * the finer ones. Takes a shape and the seconds to warm up and then to measure for, and prints a
 * JSON object with the fields that peers/training_step.py prints.
 */
final class TrainingStepTimer {
  private static final int FEWEST_STEPS = 5;

  private TrainingStepTimer() {}

  public static void main(String[] arguments) {
    StepShape shape = StepShape.parse(arguments[0]);
    double seconds = Double.parseDouble(arguments[1]);
    try (Device device = Device.cpu();
        TrainingStep step = new TrainingStep(device, shape)) {
      time(step, seconds);
      double[] sorted = time(step, seconds);
      System.out.printf(
          Locale.ROOT,
          "{\"shape\": \"%s\", \"steps\": %d, \"median_ms\": %.4f, \"min_ms\": %.4f,"
              + " \"loss\": %.4f, \"parameters\": %d, \"peak_tensor_bytes\": %d}%n",
          arguments[0],
          sorted.length,
          (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2,
          sorted[0],
          step.run(),
          step.parameters(),
          device.memory().peak());
    }
  }

  /** Milliseconds of single steps, the shortest first. */
  private static double[] time(TrainingStep step, double seconds) {
    DoubleStream.Builder times = DoubleStream.builder();
    long start = System.nanoTime();
    for (int count = 0;
        count < FEWEST_STEPS || System.nanoTime() - start < seconds * 1e9;
        count++) {
      long before = System.nanoTime();
      step.run();
      times.add((System.nanoTime() - before) / 1e6);
    }
    return times.build().sorted().toArray();
  }
}
