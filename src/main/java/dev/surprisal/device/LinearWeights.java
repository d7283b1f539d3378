package dev.surprisal.device;

/**
 * The parameters of a linear layer, or their gradients.
 *
 * @param weight [V, H]
 * @param bias [V], or null for a layer without one
 */
public record LinearWeights(Tensor weight, Tensor bias) {}
