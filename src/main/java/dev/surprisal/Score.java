package dev.surprisal;

/**
 * The log-probability of a line, and of each token of it.
 *
 * @param logProbability of the whole line and its end, in nats
 * @param tokens the ids that were predicted: the line's, then the line end's
 * @param logProbabilities of each of them given those before, in nats; negated, a surprisal
 */
public record Score(double logProbability, int[] tokens, double[] logProbabilities) {}
