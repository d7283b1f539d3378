package dev.surprisal.nn;

import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Recurrent layers, each reading the hidden states of the one below, as torch.nn.RNN: in training
 * with dropout between them.
 */
final class Stack {
  private final RecurrentConfig config;
  private final List<RecurrentLayer> layers = new ArrayList<>();

  /**
   * Creates layers over parameters that {@link #parameters} declared.
   *
   * @param parameters holds them
   * @param name of the recurrent network, as in {@code rnn}
   * @param config cell, size and number of layers
   */
  Stack(Parameters parameters, String name, RecurrentConfig config) {
    this.config = config;
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(new RecurrentLayer(parameters, name, layer, config.cell()));
    }
  }

  /**
   * Declares the parameters of all layers, in PyTorch's order.
   *
   * @param name of the recurrent network
   * @param inputs E, the size of an input of the first layer
   * @param config cell, size and number of layers
   * @return weights and biases, layer by layer
   */
  static List<ParameterSpec> parameters(String name, long inputs, RecurrentConfig config) {
    return IntStream.range(0, config.layers())
        .mapToObj(
            layer ->
                RecurrentLayer.parameters(
                    name,
                    layer,
                    config.cell(),
                    layer == 0 ? inputs : config.hidden(),
                    config.hidden()))
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Draws the parameters from PyTorch's distributions.
   *
   * @param seed of the random numbers
   */
  void initialise(long seed) {
    layers.forEach(layer -> layer.initialise(seed));
  }

  /**
   * Runs all layers over windows.
   *
   * @param input [B, T, E]
   * @param initial the state before the windows
   * @param activations receives every layer's hidden states
   * @param last receives the state after the windows; another one than {@code initial}
   */
  void forward(Tensor input, State initial, StackActivations activations, State last) {
    for (int i = 0; i < layers.size(); i++) {
      layers
          .get(i)
          .forward(
              i == 0 ? input : activations.passedOn(i - 1),
              initial.layer(i),
              activations.reserve(i),
              activations.output(i),
              last.layer(i));
      activations.dropOutput(i);
    }
  }

  /**
   * Computes the gradients from that of the last layer's output.
   *
   * @param input as given to {@link #forward}
   * @param initial as given to {@link #forward}
   * @param activations as {@link #forward} left them, for training
   * @param accumulate whether to add to the parameters' gradients
   * @param gradInput [B, T, E], receives the gradient of the input
   */
  void backward(
      Tensor input,
      State initial,
      StackActivations activations,
      boolean accumulate,
      Tensor gradInput) {
    for (int i = layers.size() - 1; i >= 0; i--) {
      layers
          .get(i)
          .backward(
              i == 0 ? input : activations.passedOn(i - 1),
              initial.layer(i),
              activations.output(i),
              activations.gradOutput(i),
              null,
              accumulate,
              activations.reserve(i),
              i == 0 ? gradInput : activations.gradOutput(i - 1),
              null);
      if (i > 0) {
        activations.dropGradient(i - 1);
      }
    }
  }

  /**
   * Returns the configuration.
   *
   * @return cell, size and number of layers
   */
  RecurrentConfig config() {
    return config;
  }
}
