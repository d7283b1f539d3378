package dev.surprisal.device;

/**
 * Tokens that make S sequences, which make L lists of hypotheses. Sequences come in the order of
 * their tokens: none is in two of them, but there may be tokens between two that are in none.
 *
 * @param starts [S], INT32: where a sequence's tokens start among M
 * @param lengths [S], INT32: how many they are, 1 or more
 * @param lists [L + 1], INT32: list l holds the sequences from lists[l] to before lists[l + 1];
 *     each holds two or more
 * @param costs [S], what choosing a hypothesis costs: its number of word errors, for example;
 *     finite
 */
public record Sequences(Tensor starts, Tensor lengths, Tensor lists, Tensor costs) {}
