package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** A contestant's answer to a case: its time, or the reason for having none. */
public sealed interface Answer {
  /**
   * One turn: many samples, each of one run or of several where one is too short to be timed.
   *
   * @param median of the samples, in microseconds a run
   * @param lower their lower quartile
   * @param upper their upper quartile
   * @param samples how many
   * @param runs in a sample
   * @param peakBytes the most device memory that was held; null if not known, or if operands were
   *     rotated, of which a user would have one set
   */
  record Turn(
      @JsonProperty("median_us") double median,
      @JsonProperty("lower_us") double lower,
      @JsonProperty("upper_us") double upper,
      @JsonProperty("samples") int samples,
      @JsonProperty("runs") long runs,
      @JsonProperty("peak_bytes") @JsonInclude(JsonInclude.Include.NON_NULL) Long peakBytes)
      implements Answer {
    /** The same, for so many bytes at the most. */
    public Turn holding(long bytes) {
      return new Turn(median, lower, upper, samples, runs, bytes);
    }
  }

  /**
   * No figure.
   *
   * @param why as in "has no bfloat16 logits" or "out of memory"
   */
  record Refusal(String why) implements Answer {}
}
