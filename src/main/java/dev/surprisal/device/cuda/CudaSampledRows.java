package dev.surprisal.device.cuda;

import dev.surprisal.device.SampledRows;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.binding.surprisal_sampled_rows;

/** {@link SampledRows} as the library takes them; one for all calls, so that none allocates. */
final class CudaSampledRows {
  private final CudaDevice device;
  private final surprisal_sampled_rows struct = new surprisal_sampled_rows();

  CudaSampledRows(CudaDevice device) {
    this.device = device;
  }

  /** Fills the rows; valid until the next call. */
  surprisal_sampled_rows of(String operation, Tensor targets, SampledRows rows) {
    struct.targets(device.address(targets));
    struct.samples(device.address(rows.samples()));
    struct.log_probabilities(device.address(rows.logProbabilities()));
    struct.positions(device.address(rows.positions()));
    struct.grad_losses(device.address(rows.gradLosses()));
    struct.divisor(device.address(rows.divisor()));
    struct.logits(device.address(rows.logits()));
    struct.target_logits(device.address(rows.targetLogits()));
    struct.losses(device.address(rows.losses()));
    struct.rows(targets.elements());
    struct.tokens(rows.losses().elements());
    struct.samples_count(
        CudaKernels.toInt(operation, "a number of samples", rows.samples().elements()));
    struct.classes(
        CudaKernels.toInt(operation, "a number of classes", rows.logProbabilities().elements()));
    return struct;
  }
}
