package dev.surprisal.device;

/**
 * The parameters of a recurrent layer, or their gradients: G gates of H hidden units over E inputs.
 *
 * @param weightIh input to hidden, [G·H, E]
 * @param weightHh hidden to hidden, [G·H, H]
 * @param biasIh added to the input's product, [G·H]
 * @param biasHh added to the state's product, [G·H]
 */
public record RecurrentWeights(Tensor weightIh, Tensor weightHh, Tensor biasIh, Tensor biasHh) {}
