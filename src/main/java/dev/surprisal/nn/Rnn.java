package dev.surprisal.nn;

import dev.surprisal.device.Cell;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import java.util.List;
import java.util.function.Function;

/** A tanh recurrent layer, as torch.nn.RNN with one layer and {@code batch_first}. */
public final class Rnn {
  private static final List<String> NAMES =
      List.of("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0");

  private final Parameters parameters;
  private final Kernels kernels;
  private final String name;
  private final RecurrentWeights weights;
  private final RecurrentWeights gradients;

  /**
   * A layer over parameters that were declared by {@link #parameters}.
   *
   * @param parameters which hold it
   * @param name as given there
   */
  public Rnn(Parameters parameters, String name) {
    this.parameters = parameters;
    this.kernels = parameters.device().kernels();
    this.name = name;
    this.weights = weights(parameters::value);
    this.gradients = weights(parameters::gradient);
  }

  private RecurrentWeights weights(Function<String, Tensor> tensors) {
    List<Tensor> all = NAMES.stream().map(part -> tensors.apply(name + "." + part)).toList();
    return new RecurrentWeights(all.get(0), all.get(1), all.get(2), all.get(3));
  }

  /**
   * What a layer needs.
   *
   * @param name the layer's name
   * @param inputSize E
   * @param hiddenSize H
   * @return weights [H, E] and [H, H], biases [H] and [H]
   */
  public static List<ParameterSpec> parameters(String name, long inputSize, long hiddenSize) {
    List<Shape> shapes =
        List.of(
            Shape.of(hiddenSize, inputSize),
            Shape.of(hiddenSize, hiddenSize),
            Shape.of(hiddenSize),
            Shape.of(hiddenSize));
    return java.util.stream.IntStream.range(0, NAMES.size())
        .mapToObj(i -> new ParameterSpec(name + "." + NAMES.get(i), shapes.get(i)))
        .toList();
  }

  /**
   * Draws weights and biases from U(−1/√H, 1/√H), as PyTorch does.
   *
   * @param seed of the random numbers
   */
  public void initialise(long seed) {
    float bound = (float) (1 / Math.sqrt(weights.biasHh().elements()));
    for (String part : NAMES) {
      String full = name + "." + part;
      kernels.uniform(-bound, bound, seed, parameters.index(full), parameters.value(full));
    }
  }

  /**
   * Runs over a whole sequence.
   *
   * @param input [B, T, E]
   * @param initialState [B, H]
   * @param reserve [B, T, H]; receives what {@link #backward} needs
   * @param output [B, T, H]
   * @param finalState [B, H], another tensor than the initial state
   */
  public void forward(
      Tensor input,
      RecurrentState initialState,
      Tensor reserve,
      Tensor output,
      RecurrentState finalState) {
    kernels.recurrent(Cell.TANH, weights, input, initialState, reserve, output, finalState);
  }

  /**
   * Computes the gradients, back through all steps of the window.
   *
   * @param input as given to {@link #forward}
   * @param initialState as given to {@link #forward}
   * @param output as {@link #forward} left it
   * @param gradOutput [B, T, H]
   * @param gradFinalState [B, H], or null for zeros
   * @param accumulate whether to add to the parameters' gradients that are there
   * @param reserve as {@link #forward} left it; is overwritten
   * @param gradInput [B, T, E], or null if it is not needed
   * @param gradInitialState [B, H], or null if it is not needed
   */
  public void backward(
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
        Cell.TANH,
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
