package dev.surprisal.benchmarks.measure;

/**
 * A case on a list.
 *
 * @param group the table that it belongs to, as in {@link Row}
 * @param which the case
 */
public record Entry(String group, Case which) {}
