package dev.surprisal;

/**
 * The log-probability of a line and of each of its tokens.
 *
 * @param logProbability of the whole line and its end, in nats
 * @param tokens the predicted ids: those of the line, then the line end
 * @param logProbabilities of each token given the tokens before it, in nats; negated, a surprisal
 */
public record Score(double logProbability, int[] tokens, double[] logProbabilities) {}
