package dev.surprisal.loss;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

/**
 * The cross-entropy H(p, q) between target distributions p and q = softmax(logits), in nats, as
 * torch.nn.CrossEntropyLoss with probabilities as targets.
 */
public final class SoftCrossEntropy extends LogitsLoss {
  private final CrossEntropyOptions options;
  private final Tensor probabilities;

  /**
   * Creates a loss for batches of one size.
   *
   * @param device of the logits
   * @param tokens M
   * @param classes V
   * @param options label smoothing and class weights; the ignore index has no effect
   * @param settings reduction, options of all losses, statistics except those of target classes
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
   * Returns the target distributions to write before a batch: values are 0 or more, a row sums to 1
   * within 1e-3.
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
