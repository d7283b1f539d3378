package dev.surprisal.loss;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

/**
 * The cross-entropy H(p, q) against distributions of which the K most probable classes are known,
 * such as a teacher's predictions stored on disk; the other classes share the rest evenly.
 */
public final class SparseCrossEntropy extends LogitsLoss {
  private final Tensor ids;
  private final Tensor probabilities;

  /**
   * Creates a loss for batches of one size.
   *
   * @param device of the logits
   * @param tokens M
   * @param classes V
   * @param k K, 1 to V
   * @param settings reduction, options of all losses, statistics except those of target classes
   * @throws IllegalArgumentException if k is out of range
   */
  public SparseCrossEntropy(
      Device device, long tokens, long classes, int k, LossSettings settings) {
    super(device, tokens, classes, settings);
    if (k < 1 || k > classes) {
      close();
      throw new IllegalArgumentException(
          "sparse cross-entropy: expected 1 to " + classes + " classes a token, found " + k);
    }
    ids = allocate(DType.INT32, tokens, k);
    probabilities = allocate(DType.FLOAT32, tokens, k);
  }

  /**
   * Returns the known classes to write before a batch, all different for a token.
   *
   * @return [M, K], INT32
   */
  public Tensor ids() {
    return ids;
  }

  /**
   * Returns their probabilities to write before a batch: 0 or more, with a sum of at most 1 within
   * 1e-3.
   *
   * @return [M, K]
   */
  public Tensor probabilities() {
    return probabilities;
  }

  @Override
  protected void compute(LossKernels kernels, LossRows part, long first) {
    kernels.crossEntropySparse(ids, probabilities, part);
  }
}
