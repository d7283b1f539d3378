package dev.surprisal.nn;

import dev.surprisal.device.Shape;

/**
 * A parameter that a layer wants to have.
 *
 * @param name its name in a file, PyTorch's: {@code rnn.weight_ih_l0}
 * @param shape its shape
 */
public record ParameterSpec(String name, Shape shape) {}
