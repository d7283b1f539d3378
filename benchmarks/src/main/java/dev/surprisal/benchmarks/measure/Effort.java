package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The length of a turn.
 *
 * @param warmup seconds of runs that do not count
 * @param seconds of runs that do
 * @param samples the fewest, however long they take; quartiles need three
 */
public record Effort(
    @JsonProperty("warmup") double warmup,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("samples") int samples) {
  /** Checks that something is measured. */
  public Effort {
    if (!(warmup >= 0 && seconds >= 0 && samples >= 3)) {
      throw new IllegalArgumentException(
          "expected 0 seconds or more of warm-up and of measuring, and 3 samples or more; found "
              + warmup
              + ", "
              + seconds
              + " and "
              + samples);
    }
  }
}
