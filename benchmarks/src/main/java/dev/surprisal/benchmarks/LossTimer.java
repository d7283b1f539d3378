package dev.surprisal.benchmarks;

import dev.surprisal.device.Device;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times losses fused with a projection, one after the other in a short process. Takes the shape of
 * the projection, the seconds to warm up and then to measure for, rows of logits at a time (0 for
 * what the library chooses, commas between several) and names of losses (all if there is none);
 * prints a JSON object for each.
 */
final class LossTimer {
  private LossTimer() {}

  public static void main(String[] arguments) {
    double seconds = Double.parseDouble(arguments[1]);
    String[] chunks = arguments[2].split(",");
    List<String> losses = Arrays.asList(arguments).subList(3, arguments.length);
    for (String loss : losses.isEmpty() ? LossCases.names() : losses) {
      for (String chunkRows : chunks) {
        time(arguments[0], seconds, loss, Long.parseLong(chunkRows));
      }
    }
  }

  private static void time(String shape, double seconds, String loss, long chunkRows) {
    try (Device device = Device.cpu();
        LossStep step = new LossStep(device, ProjectionShape.parse(shape), loss, chunkRows)) {
      StepTimes times = StepTimes.of(step::run, seconds);
      System.out.printf(
          Locale.ROOT,
          "{\"shape\": \"%s\", \"loss\": \"%s\", \"chunk_rows\": %d, \"steps\": %d,"
              + " \"median_ms\": %.4f, \"min_ms\": %.4f, \"value\": %.4f, \"extra_bytes\": %d}%n",
          shape,
          loss,
          chunkRows,
          times.steps(),
          times.median(),
          times.shortest(),
          step.run(),
          step.extraBytes());
    }
  }
}
