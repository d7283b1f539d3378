package dev.surprisal.nn;

import dev.surprisal.device.Device;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import java.util.List;

/** The linear layer from hidden states to logits, as torch.nn.Linear. */
public final class Projection implements Head {
  private final Parameters parameters;
  private final Kernels kernels;
  private final String weightName;
  private final String biasName;
  private final LinearWeights weights;
  private final LinearWeights gradients;

  /**
   * Creates a layer over parameters that {@link #parameters} declared.
   *
   * @param parameters holds them
   * @param name of the layer
   */
  public Projection(Parameters parameters, String name) {
    this(parameters, name, name + ".weight");
  }

  /**
   * Creates a layer that shares the weight of another layer; both add to one gradient.
   *
   * @param parameters holds them
   * @param name of the layer, whose bias {@link #biasParameter} declared
   * @param weightName of the other layer's weight, [V, H]
   */
  public Projection(Parameters parameters, String name, String weightName) {
    this.parameters = parameters;
    this.kernels = parameters.device().kernels();
    this.weightName = weightName;
    biasName = name + ".bias";
    weights = new LinearWeights(parameters.value(weightName), parameters.value(biasName));
    gradients = new LinearWeights(parameters.gradient(weightName), parameters.gradient(biasName));
  }

  /**
   * Declares the parameters of a layer.
   *
   * @param name of the layer
   * @param inputSize H
   * @param outputSize V
   * @return weight [V, H] and bias [V]
   */
  public static List<ParameterSpec> parameters(String name, long inputSize, long outputSize) {
    return List.of(
        new ParameterSpec(name + ".weight", Shape.of(outputSize, inputSize)),
        biasParameter(name, outputSize));
  }

  /**
   * Declares the parameter of a layer that shares another one's weight.
   *
   * @param name of the layer
   * @param outputSize V
   * @return bias [V]
   */
  public static ParameterSpec biasParameter(String name, long outputSize) {
    return new ParameterSpec(name + ".bias", Shape.of(outputSize));
  }

  /** Draws weight and bias from U(−1/√H, 1/√H), as PyTorch does. */
  @Override
  public void initialise(long seed) {
    float bound = (float) (1 / Math.sqrt(width()));
    kernels.uniform(-bound, bound, seed, parameters.index(weightName), weights.weight());
    kernels.uniform(-bound, bound, seed, parameters.index(biasName), weights.bias());
  }

  @Override
  public void logits(Tensor hidden, Tensor logits) {
    kernels.linear(weights.weight(), weights.bias(), hidden, logits);
  }

  /**
   * Computes the gradients.
   *
   * @param hidden as given to {@link #logits}
   * @param gradLogits N·V elements
   * @param accumulate whether to add to the parameters' gradients instead of replacing them
   * @param gradHidden N·H elements, or null to leave it out
   */
  public void backward(Tensor hidden, Tensor gradLogits, boolean accumulate, Tensor gradHidden) {
    kernels.linearBackward(
        weights.weight(),
        hidden,
        gradLogits,
        accumulate,
        gradients.weight(),
        gradients.bias(),
        gradHidden);
  }

  @Override
  public long classes() {
    return weights.weight().shape().size(0);
  }

  @Override
  public long width() {
    return weights.weight().shape().size(1);
  }

  /**
   * Returns the device that it computes on.
   *
   * @return the device
   */
  public Device device() {
    return parameters.device();
  }

  /**
   * Returns the parameters.
   *
   * @return weight [V, H] and bias [V]
   */
  public LinearWeights weights() {
    return weights;
  }

  /**
   * Returns the gradients of the parameters.
   *
   * @return as {@link #weights}
   */
  public LinearWeights gradients() {
    return gradients;
  }

  /** Does nothing: it has only parameters. */
  @Override
  public void close() {}
}
