/**
 * Trains, evaluates and samples recurrent language models.
 *
 * <p>The surprisal of a token is −log p(token | history), in nats; training minimises its mean over
 * a text.
 */
package dev.surprisal;
