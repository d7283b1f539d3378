package dev.surprisal.device;

/**
 * The operands of a loss over rows of logits: N rows of V logits that belong to N of M tokens. Row
 * i reads and writes tensors over tokens at {@code positions[i]}; without positions M is N, and row
 * i belongs to token i.
 *
 * @param logits z, [N, V]; −∞ masks a class
 * @param positions [N], INT32, all different, in [0, M); or null
 * @param gradLosses [M], the gradient of each loss, or null for 1 each
 * @param divisor [1], divides the gradients, or null for 1; all gradients are 0 if it is 0
 * @param options changes to the logits and additions to the loss
 * @param losses [M], in nats, not divided; 0 for an ignored row
 * @param statistics further results of the same pass
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
