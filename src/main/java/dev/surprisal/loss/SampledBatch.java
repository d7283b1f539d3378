package dev.surprisal.loss;

import dev.surprisal.device.SampledRows;
import dev.surprisal.device.Tensor;

/**
 * The views of one batch of {@link Sampled}: N rows that count, of M.
 *
 * @param input hidden states of all rows, [M, H]
 * @param gradLosses gradients that arrive at the losses, or null
 * @param gradInput gradients of the hidden states, or null
 * @param count N
 * @param hidden hidden states of the rows that count, [N, H]
 * @param gradHidden their gradients, or null
 * @param targets their target classes, [N]
 * @param targetIds where the targets go in {@code ids}, [N]
 * @param gradTargetRows gradients of the targets' rows of the projection, [N, H], or null
 * @param ids samples and then targets, [S + N]
 * @param gradRows gradients of the rows at {@code ids}, [S + N, H], or null
 * @param gradBiases gradients of the biases at {@code ids}, [S + N, 1]
 * @param rows what the kernels of the loss take
 */
record SampledBatch(
    Tensor input,
    Tensor gradLosses,
    Tensor gradInput,
    int count,
    Tensor hidden,
    Tensor gradHidden,
    Tensor targets,
    Tensor targetIds,
    Tensor gradTargetRows,
    Tensor ids,
    Tensor gradRows,
    Tensor gradBiases,
    SampledRows rows) {
  /** Whether these are the views of a call. */
  boolean fits(Tensor otherInput, Tensor otherGradLosses, Tensor otherGradInput, int otherCount) {
    return input == otherInput
        && gradLosses == otherGradLosses
        && gradInput == otherGradInput
        && count == otherCount;
  }
}
