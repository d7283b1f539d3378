package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The device's limits, measured in the same run as everything else. A null was not measured.
 *
 * @param copyBytesPerSecond of a copy from device to device beyond its caches, bytes read and
 *     written both counted
 * @param productFlopsPerSecond of a large matrix product by the vendor's library, by type
 * @param launch microseconds from one to the next of many kernels that do nothing, as the host sees
 *     it
 * @param barrier microseconds of a meeting of all blocks or threads
 * @param replay microseconds a kernel of a recording of many that do nothing, as the host sees it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ceilings(
    @JsonProperty("copy_bytes_per_second") Double copyBytesPerSecond,
    @JsonProperty("product_flops_per_second") Map<String, Double> productFlopsPerSecond,
    @JsonProperty("launch_us") Double launch,
    @JsonProperty("barrier_us") Double barrier,
    @JsonProperty("replay_us") Double replay) {
  /**
   * Above it a figure is no result. A ceiling is a figure too: on a machine where others are at
   * work it may come out at half of what there is; a clock that did not wait for the device is off
   * by far more.
   */
  private static final double IMPOSSIBLE = 3;

  /**
   * How close a time comes to what the device can do: the larger of the shares of copy bandwidth
   * and product rate. Around 1.05 and above, either the ceiling or the time is off.
   *
   * @param which the case
   * @param microseconds its time
   * @return 1 at the ceiling; empty if there is none that bounds the case
   */
  public OptionalDouble share(Case which, double microseconds) {
    double copy = rate(which.bytes(), microseconds, copyBytesPerSecond);
    double product = rate(which.flops(), microseconds, product(which.type()));
    double share = Math.max(copy, product);
    return share > 0 ? OptionalDouble.of(share) : OptionalDouble.empty();
  }

  private Double product(String type) {
    return productFlopsPerSecond == null ? null : productFlopsPerSecond.get(type);
  }

  private static double rate(double least, double microseconds, Double ceiling) {
    return ceiling == null ? 0 : least / (microseconds * 1e-6) / ceiling;
  }

  /** Refuses a turn that no device of these ceilings can do: it timed something else. */
  Answer check(Case which, Answer.Turn turn) {
    OptionalDouble share = share(which, turn.median());
    if (!which.operation().bounded() || share.isEmpty() || share.getAsDouble() <= IMPOSSIBLE) {
      return turn;
    }
    return new Answer.Refusal(
        String.format(
            Locale.ROOT,
            "measured wrong: %.3f us would be %.2f times what the device can do by its ceilings",
            turn.median(),
            share.getAsDouble()));
  }
}
