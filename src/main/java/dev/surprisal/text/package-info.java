/**
 * From text to batches of token ids: strict UTF-8 input, tokenizers and vocabularies, corpora that
 * need not fit in memory, and two ways to cut them into batches.
 *
 * <p>A {@link dev.surprisal.text.Tokenizer} says what a token is. Tokens are numbered 0 … V−1 by a
 * {@link dev.surprisal.text.Vocabulary}; a text of any length is a {@link
 * dev.surprisal.text.Tokens}; {@link dev.surprisal.text.Batches} cut it into inputs and targets of
 * the shape [batch, window].
 */
package dev.surprisal.text;
