package dev.surprisal.device;

/**
 * The parameters of a recurrent layer, or their gradients.
 *
 * @param weightIh input to hidden, [H, E]
 * @param weightHh hidden to hidden, [H, H]
 * @param biasIh added to the input's product, [H]
 * @param biasHh added to the state's product, [H]
 */
public record RnnWeights(Tensor weightIh, Tensor weightHh, Tensor biasIh, Tensor biasHh) {}
