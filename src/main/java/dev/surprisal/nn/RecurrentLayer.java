package dev.surprisal.nn;

import dev.surprisal.device.Cell;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import java.util.List;
import java.util.function.Function;

/**
 * One layer of a torch.nn.RNN with {@code batch_first}. With G gates of the cell, its parameters
 * are PyTorch's: {@code weight_ih_l0} [G·H, inputs], {@code weight_hh_l0} [G·H, H], {@code
 * bias_ih_l0} [G·H] and {@code bias_hh_l0} [G·H], with the layer's number at the end.
 */
final class RecurrentLayer {
  private static final List<String> PARTS = List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh");

  private final Parameters parameters;
  private final Kernels kernels;
  private final List<String> names;
  private final Cell cell;
  private final RecurrentWeights weights;
  private final RecurrentWeights gradients;

  /**
   * Creates a layer over parameters that {@link #parameters} declared.
   *
   * @param parameters holds them
   * @param name of the recurrent network, as in {@code rnn}
   * @param layer its number, from 0
   * @param cell what a unit computes
   */
  RecurrentLayer(Parameters parameters, String name, int layer, Cell cell) {
    this.parameters = parameters;
    this.kernels = parameters.device().kernels();
    this.names = names(name, layer);
    this.cell = cell;
    this.weights = weights(parameters::value);
    this.gradients = weights(parameters::gradient);
  }

  private static List<String> names(String name, int layer) {
    return PARTS.stream().map(part -> name + "." + part + "_l" + layer).toList();
  }

  private RecurrentWeights weights(Function<String, Tensor> tensors) {
    List<Tensor> all = names.stream().map(tensors).toList();
    return new RecurrentWeights(all.get(0), all.get(1), all.get(2), all.get(3));
  }

  /**
   * Declares the parameters of a layer.
   *
   * @param name of the recurrent network
   * @param layer its number, from 0
   * @param cell what a unit computes
   * @param inputs the size of an input
   * @param hidden H
   * @return two weights and two biases
   */
  static List<ParameterSpec> parameters(
      String name, int layer, Cell cell, long inputs, long hidden) {
    long rows = cell.gates() * hidden;
    List<String> names = names(name, layer);
    return List.of(
        new ParameterSpec(names.get(0), Shape.of(rows, inputs)),
        new ParameterSpec(names.get(1), Shape.of(rows, hidden)),
        new ParameterSpec(names.get(2), Shape.of(rows)),
        new ParameterSpec(names.get(3), Shape.of(rows)));
  }

  /**
   * Draws weights and biases from U(−1/√H, 1/√H), as PyTorch does.
   *
   * @param seed of the random numbers
   */
  void initialise(long seed) {
    float bound = (float) (1 / Math.sqrt(weights.weightHh().shape().size(1)));
    for (String name : names) {
      kernels.uniform(-bound, bound, seed, parameters.index(name), parameters.value(name));
    }
  }

  /**
   * Runs the layer over a whole sequence.
   *
   * @param input [B, T, inputs]
   * @param initialState before the first step
   * @param reserve [B, T, G·H]; receives what {@link #backward} needs
   * @param output [B, T, H]; receives the hidden states
   * @param finalState receives the state after the last step; other tensors than the initial state
   */
  void forward(
      Tensor input,
      RecurrentState initialState,
      Tensor reserve,
      Tensor output,
      RecurrentState finalState) {
    kernels.recurrent(cell, weights, input, initialState, reserve, output, finalState);
  }

  /**
   * Computes the gradients, back through all steps of the window.
   *
   * @param input as given to {@link #forward}
   * @param initialState as given to {@link #forward}
   * @param output as {@link #forward} left it
   * @param gradOutput [B, T, H]
   * @param gradFinalState gradient of the final state, or null for zeros
   * @param accumulate whether to add to the parameters' gradients
   * @param reserve as {@link #forward} left it; is overwritten
   * @param gradInput [B, T, inputs], or null to leave it out
   * @param gradInitialState receives the gradient of the initial state, or null to leave it out
   */
  void backward(
      Tensor input,
      RecurrentState initialState,
      Tensor output,
      Tensor gradOutput,
      RecurrentState gradFinalState,
      boolean accumulate,
      Tensor reserve,
      Tensor gradInput,
      RecurrentState gradInitialState) {
    kernels.recurrentBackward(
        cell,
        weights,
        input,
        initialState,
        output,
        gradOutput,
        gradFinalState,
        accumulate,
        reserve,
        gradients,
        gradInput,
        gradInitialState);
  }
}
