package dev.surprisal.benchmarks.deeplearning4j;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;

/** Takes a turn: single steps by the host's clock, the loss of each read. */
final class Turn {
  private static final int FEWEST_WARM_UPS = 3;

  private Turn() {}

  /** The fields that an answer has, in microseconds. */
  static Map<String, Object> of(DoubleSupplier step, JsonNode effort) {
    times(step, effort.get("warmup").doubleValue(), FEWEST_WARM_UPS);
    double[] times =
        times(step, effort.get("seconds").doubleValue(), effort.get("samples").intValue());
    Arrays.sort(times);
    return Map.of(
        "median_us", quantile(times, 0.5),
        "lower_us", quantile(times, 0.25),
        "upper_us", quantile(times, 0.75),
        "samples", times.length,
        "runs", 1);
  }

  private static double[] times(DoubleSupplier step, double seconds, int fewest) {
    DoubleStream.Builder times = DoubleStream.builder();
    long start = System.nanoTime();
    for (int count = 0; count < fewest || System.nanoTime() - start < seconds * 1e9; count++) {
      long before = System.nanoTime();
      double loss = step.getAsDouble();
      times.add((System.nanoTime() - before) / 1e3);
      if (!Double.isFinite(loss)) {
        throw new IllegalStateException("the loss of a step is " + loss);
      }
    }
    return times.build().toArray();
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
