package dev.surprisal.benchmarks;

import dev.surprisal.device.Device;
import java.util.Locale;

/**
 * Times training steps of one shape in a short process, for comparisons in turn; JMH's figures are
 * the finer ones. Takes a shape and the seconds to warm up and then to measure for, and prints a
 * JSON object with the fields that peers/training_step.py prints.
 */
final class TrainingStepTimer {
  private TrainingStepTimer() {}

  public static void main(String[] arguments) {
    StepShape shape = StepShape.parse(arguments[0]);
    double seconds = Double.parseDouble(arguments[1]);
    try (Device device = Device.cpu();
        TrainingStep step = new TrainingStep(device, shape)) {
      StepTimes times = StepTimes.of(step::run, seconds);
      System.out.printf(
          Locale.ROOT,
          "{\"shape\": \"%s\", \"steps\": %d, \"median_ms\": %.4f, \"min_ms\": %.4f,"
              + " \"loss\": %.4f, \"parameters\": %d, \"peak_tensor_bytes\": %d}%n",
          arguments[0],
          times.steps(),
          times.median(),
          times.shortest(),
          step.run(),
          step.parameters(),
          device.memory().peak());
    }
  }
}
