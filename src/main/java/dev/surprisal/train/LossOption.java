package dev.surprisal.train;

/**
 * An option of a loss.
 *
 * @param name as in {@code smoothing}
 * @param standard its default, spelled as a user would
 * @param description a few words
 */
public record LossOption(String name, String standard, String description) {}
