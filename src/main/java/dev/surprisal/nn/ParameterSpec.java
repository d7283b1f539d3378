package dev.surprisal.nn;

import dev.surprisal.device.Shape;

/**
 * The name and shape of a parameter that a layer declares.
 *
 * @param name PyTorch's name, as in {@code rnn.weight_ih_l0}
 * @param shape its shape
 */
public record ParameterSpec(String name, Shape shape) {}
