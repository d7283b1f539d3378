/**
 * Recurrent language models: training, evaluation, scoring and generation.
 *
 * <p>The surprisal of a token is −log p(token | history), in nats. Training minimises its mean over
 * a text.
 */
package dev.surprisal;
