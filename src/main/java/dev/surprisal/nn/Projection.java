package dev.surprisal.nn;

import dev.surprisal.device.Kernels;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import java.util.List;

/** From hidden states to logits, as torch.nn.Linear. */
public final class Projection {
  private final Parameters parameters;
  private final Kernels kernels;
  private final String name;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor gradWeight;
  private final Tensor gradBias;

  /**
   * A layer over parameters that were declared by {@link #parameters}.
   *
   * @param parameters which hold it
   * @param name as given there
   */
  public Projection(Parameters parameters, String name) {
    this.parameters = parameters;
    this.kernels = parameters.device().kernels();
    this.name = name;
    this.weight = parameters.value(name + ".weight");
    this.bias = parameters.value(name + ".bias");
    this.gradWeight = parameters.gradient(name + ".weight");
    this.gradBias = parameters.gradient(name + ".bias");
  }

  /**
   * What a layer needs.
   *
   * @param name the layer's name
   * @param inputSize H
   * @param outputSize V
   * @return weight [V, H] and bias [V]
   */
  public static List<ParameterSpec> parameters(String name, long inputSize, long outputSize) {
    return List.of(
        new ParameterSpec(name + ".weight", Shape.of(outputSize, inputSize)),
        new ParameterSpec(name + ".bias", Shape.of(outputSize)));
  }

  /**
   * Draws weight and bias from U(−1/√H, 1/√H), as PyTorch does.
   *
   * @param seed of the random numbers
   */
  public void initialise(long seed) {
    float bound = (float) (1 / Math.sqrt(weight.shape().size(1)));
    kernels.uniform(-bound, bound, seed, parameters.index(name + ".weight"), weight);
    kernels.uniform(-bound, bound, seed, parameters.index(name + ".bias"), bias);
  }

  /**
   * Computes logits.
   *
   * @param input N·H elements
   * @param output N·V elements
   */
  public void forward(Tensor input, Tensor output) {
    kernels.linear(weight, bias, input, output);
  }

  /**
   * Computes the gradients.
   *
   * @param input as given to {@link #forward}
   * @param gradOutput N·V elements
   * @param accumulate whether to add to the parameters' gradients that are there
   * @param gradInput N·H elements, or null if it is not needed
   */
  public void backward(Tensor input, Tensor gradOutput, boolean accumulate, Tensor gradInput) {
    kernels.linearBackward(weight, input, gradOutput, accumulate, gradWeight, gradBias, gradInput);
  }
}
