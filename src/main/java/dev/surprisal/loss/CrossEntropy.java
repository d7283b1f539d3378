package dev.surprisal.loss;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;

/**
 * The cross-entropy between target classes and q = softmax(logits), in nats, as
 * torch.nn.CrossEntropyLoss: the loss of a token is its target's surprisal, −log q(target).
 *
 * <p>If every target is ignored or the batch is empty, the mean is 0 and its gradient zero;
 * PyTorch's is 0/0.
 */
public final class CrossEntropy extends TargetLoss {
  private final CrossEntropyOptions options;

  /**
   * Creates a loss for batches of one size.
   *
   * @param device of the logits
   * @param tokens M
   * @param classes V
   * @param options ignore index, label smoothing, class weights
   * @param settings reduction, options of all losses, statistics
   */
  public CrossEntropy(
      Device device,
      long tokens,
      long classes,
      CrossEntropyOptions options,
      LossSettings settings) {
    super(
        "cross-entropy",
        device,
        tokens,
        classes,
        options.ignoreIndex(),
        options.classWeights(),
        settings);
    this.options = options;
  }

  @Override
  protected void compute(LossKernels kernels, LossRows part, long first) {
    kernels.crossEntropy(targets().ids(), options, part);
  }
}
