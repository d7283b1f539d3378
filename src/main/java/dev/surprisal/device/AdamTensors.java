package dev.surprisal.device;

/**
 * The operands of Adam; everything that changes from step to step lives on the device.
 *
 * @param parameters [P], updated
 * @param gradients [P], read
 * @param firstMoments [P], updated
 * @param secondMoments [P], updated
 * @param step [1], INT32: the number of steps so far, incremented
 * @param learningRate [1], read
 * @param gradientNorm [1], the gradients' norm before clipping, or null for no clipping
 */
public record AdamTensors(
    Tensor parameters,
    Tensor gradients,
    Tensor firstMoments,
    Tensor secondMoments,
    Tensor step,
    Tensor learningRate,
    Tensor gradientNorm) {}
