package dev.surprisal.train;

/**
 * An option of a loss.
 *
 * @param name as in {@code smoothing}
 * @param standard its value if none is given, as it would be written
 * @param description a few words
 */
public record LossOption(String name, String standard, String description) {}
