package dev.surprisal.device;

/**
 * The operands of a loss over S sampled classes: N rows that belong to N of M tokens, as in {@link
 * LossRows}.
 *
 * @param samples [S], INT32, in [0, V), S of 1 or more
 * @param logProbabilities [V], log P of each class
 * @param positions [N], INT32, or null
 * @param gradLosses [M], or null for 1 each
 * @param divisor [1], or null for 1
 * @param logits [N, S], of the samples; are overwritten with their gradient
 * @param targetLogits [N]; are overwritten with their gradient
 * @param losses [M]
 */
public record SampledRows(
    Tensor samples,
    Tensor logProbabilities,
    Tensor positions,
    Tensor gradLosses,
    Tensor divisor,
    Tensor logits,
    Tensor targetLogits,
    Tensor losses) {}
