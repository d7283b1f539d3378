package dev.surprisal.loss;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

/**
 * The cross-entropy H(p, q) between given distributions p and q = softmax(logits), in nats, as
 * torch.nn.CrossEntropyLoss with probabilities for targets.
 */
public final class SoftCrossEntropy extends LogitsLoss {
  private final CrossEntropyOptions options;
  private final Tensor probabilities;

  /**
   * A loss over batches of one size.
   *
   * @param device where the logits are
   * @param tokens M
   * @param classes V
   * @param options label smoothing and class weights; the ignore index has no meaning here
   * @param settings reduction, options of all losses, statistics but those of target classes
   */
  public SoftCrossEntropy(
      Device device,
      long tokens,
      long classes,
      CrossEntropyOptions options,
      LossSettings settings) {
    super(device, tokens, classes, settings);
    this.options = options;
    probabilities = allocate(DType.FLOAT32, tokens, classes);
  }

  /**
   * What it compares with: each row is 0 or more and sums to 1 within 1e-3.
   *
   * @return [M, V]
   */
  public Tensor probabilities() {
    return probabilities;
  }

  @Override
  protected void compute(LossKernels kernels, LossRows part, long first) {
    long rows = part.logits().shape().size(0);
    kernels.crossEntropySoft(
        probabilities.slice(first * classes(), rows, classes()), options, part);
  }
}
