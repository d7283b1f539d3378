package dev.surprisal.device.cuda;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.AdamTensors;
import dev.surprisal.device.cuda.binding.surprisal_adam_step;

/** A step of Adam as the library takes it; one for all calls, so that none allocates. */
final class CudaAdamStep {
  private final CudaDevice device;
  private final surprisal_adam_step struct = new surprisal_adam_step();

  CudaAdamStep(CudaDevice device) {
    this.device = device;
  }

  /** Fills the step; valid until the next call. */
  surprisal_adam_step of(AdamTensors tensors, AdamOptions options) {
    struct.gradients(device.address(tensors.gradients()));
    struct.learning_rate(device.address(tensors.learningRate()));
    struct.gradient_norm(device.address(tensors.gradientNorm()));
    struct.parameters(device.address(tensors.parameters()));
    struct.first_moments(device.address(tensors.firstMoments()));
    struct.second_moments(device.address(tensors.secondMoments()));
    struct.step(device.address(tensors.step()));
    struct.count(tensors.parameters().elements());
    struct.beta1(options.beta1());
    struct.beta2(options.beta2());
    struct.eps(options.eps());
    struct.weight_decay(options.weightDecay());
    struct.max_norm(options.maxNorm());
    return struct;
  }
}
