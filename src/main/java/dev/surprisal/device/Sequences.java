package dev.surprisal.device;

/**
 * S sequences of tokens, grouped into L lists of hypotheses. Sequences are in the order of their
 * tokens and do not overlap; tokens between two sequences belong to none.
 *
 * @param starts [S], INT32: the first token of each sequence, among M
 * @param lengths [S], INT32: the number of tokens of each sequence, 1 or more
 * @param lists [L + 1], INT32: list l holds the sequences from lists[l] to before lists[l + 1];
 *     each holds two or more
 * @param costs [S], the cost of each hypothesis, its number of word errors for example; finite
 */
public record Sequences(Tensor starts, Tensor lengths, Tensor lists, Tensor costs) {}
