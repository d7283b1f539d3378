package dev.surprisal.device.cuda;

import dev.surprisal.device.LossOptions;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.LossStatistics;
import dev.surprisal.device.cuda.binding.surprisal_loss_rows;

/** {@link LossRows} as a struct of the library; one for all calls, so that no call allocates. */
final class CudaLossRows {
  private final CudaDevice device;
  private final surprisal_loss_rows struct = new surprisal_loss_rows();

  CudaLossRows(CudaDevice device) {
    this.device = device;
  }

  /**
   * Returns the rows, valid until the next call; the library reads them while it issues kernels.
   */
  surprisal_loss_rows of(String operation, LossRows rows) {
    struct.logits(device.address(rows.logits()));
    struct.positions(device.address(rows.positions()));
    struct.grad_losses(device.address(rows.gradLosses()));
    struct.divisor(device.address(rows.divisor()));
    struct.losses(device.address(rows.losses()));
    struct.grad_logits(device.address(rows.gradLogits()));
    LossStatistics statistics = rows.statistics();
    struct.log_sum_exp(device.address(statistics.logSumExp()));
    struct.log_probability(device.address(statistics.logProbability()));
    struct.entropy(device.address(statistics.entropy()));
    struct.correct(device.address(statistics.correct()));
    struct.argmax(device.address(statistics.argmax()));
    struct.rows(rows.logits().shape().size(0));
    struct.tokens(rows.losses().elements());
    struct.classes(
        CudaKernels.toInt(operation, "a number of classes", rows.logits().shape().size(1)));
    LossOptions options = rows.options();
    struct.scale(options.scale());
    struct.soft_cap(options.softCap());
    struct.z_loss(options.zLoss());
    struct.confidence_penalty(options.confidencePenalty());
    return struct;
  }
}
