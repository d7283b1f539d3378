package dev.surprisal.device;

/**
 * What a loss of rows of logits reads and writes: N rows of V logits that belong to N of M tokens.
 * Tensors over tokens are read and written at {@code positions[i]} for row i, or at i where there
 * are no positions, and M is N then.
 *
 * @param logits z, [N, V]; −∞ masks a class
 * @param positions [N], INT32, all different, in [0, M); or null
 * @param gradLosses [M], the gradient that arrives at each loss, or null for 1 each
 * @param divisor [1], what gradients are divided by, or null for 1; all are 0 if it is 0
 * @param options what is done to the logits and added to the loss
 * @param losses [M], in nats, not divided; 0 for a row that is ignored
 * @param statistics what else is wanted of the same pass
 * @param gradLogits [N, V], may be the logits themselves; or null
 */
public record LossRows(
    Tensor logits,
    Tensor positions,
    Tensor gradLosses,
    Tensor divisor,
    LossOptions options,
    Tensor losses,
    LossStatistics statistics,
    Tensor gradLogits) {}
