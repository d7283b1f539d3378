package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How long a turn takes.
 *
 * @param warmup seconds of runs that do not count
 * @param seconds of runs that do
 * @param samples the fewest, however long they take
 */
public record Effort(
    @JsonProperty("warmup") double warmup,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("samples") int samples) {}
