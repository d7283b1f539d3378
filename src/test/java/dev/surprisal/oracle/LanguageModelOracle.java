package dev.surprisal.oracle;

import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The reference model: embedding, layers of tanh recurrence, projection, mean cross-entropy. Its
 * parameters have PyTorch's names, embedding.weight to linear.bias.
 */
public final class LanguageModelOracle {
  private LanguageModelOracle() {}

  /**
   * Sizes of model and batch.
   *
   * @param batch B
   * @param window T
   * @param vocabulary V
   * @param embed E
   * @param hidden H
   * @param layers L
   */
  public record Shape(int batch, int window, int vocabulary, int embed, int hidden, int layers) {
    /**
     * Sizes with one layer.
     *
     * @param batch B
     * @param window T
     * @param vocabulary V
     * @param embed E
     * @param hidden H
     */
    public Shape(int batch, int window, int vocabulary, int embed, int hidden) {
      this(batch, window, vocabulary, embed, hidden, 1);
    }
  }

  /**
   * What a forward pass computes, or the gradients of it.
   *
   * @param embedded [B, T, E]
   * @param output states of the last layer, [B, T, H]
   * @param logits [B, T, V]
   */
  public record Activations(double[] embedded, double[] output, double[] logits) {}

  /**
   * A forward and backward pass.
   *
   * @param activations of every layer
   * @param last state after the window, [L, B, H]
   * @param loss mean over all tokens, in nats
   * @param gradients of the parameters, by their names
   * @param gradActivations of the activations
   * @param gradInitial of the initial state, [L, B, H]
   */
  public record Pass(
      Activations activations,
      double[] last,
      double loss,
      Map<String, double[]> gradients,
      Activations gradActivations,
      double[] gradInitial) {}

  /**
   * One forward and backward pass over a batch.
   *
   * @param parameters by their names
   * @param tokens [B, T]
   * @param targets [B, T]
   * @param initial state before the window, [L, B, H]
   * @param shape sizes
   * @return everything computed
   */
  public static Pass pass(
      Map<String, double[]> parameters,
      int[] tokens,
      int[] targets,
      double[] initial,
      Shape shape) {
    return pass(parameters, tokens, targets, initial, null, shape);
  }

  /**
   * One forward and backward pass over a batch, with dropout between layers.
   *
   * @param parameters by their names
   * @param tokens [B, T]
   * @param targets [B, T]
   * @param initial state before the window, [L, B, H]
   * @param masks factors of the outputs of each layer but the last, [L − 1][B, T, H]; null for none
   * @param shape sizes
   * @return everything computed
   */
  public static Pass pass(
      Map<String, double[]> parameters,
      int[] tokens,
      int[] targets,
      double[] initial,
      double[][] masks,
      Shape shape) {
    double[] linear = parameters.get("linear.weight");
    double[] bias = parameters.get("linear.bias");
    int state = shape.batch * shape.hidden;

    double[] x = EmbeddingOracle.forward(parameters.get("embedding.weight"), tokens, shape.embed);
    double[][] inputs = new double[shape.layers + 1][];
    inputs[0] = x;
    double[][] outputs = new double[shape.layers][];
    double[] last = new double[initial.length];
    for (int layer = 0; layer < shape.layers; layer++) {
      RnnOracle.Result result =
          RnnOracle.forward(
              inputs[layer],
              Arrays.copyOfRange(initial, layer * state, (layer + 1) * state),
              layer(parameters, layer),
              sequence(shape, layer));
      outputs[layer] = result.output();
      inputs[layer + 1] = masked(result.output(), masks, layer);
      System.arraycopy(result.last(), 0, last, layer * state, state);
    }
    double[] h = outputs[shape.layers - 1];
    double[] z = LinearOracle.forward(h, linear, bias, shape.hidden, shape.vocabulary);
    CrossEntropyOracle.Result loss =
        CrossEntropyOracle.hard(
            z,
            targets,
            shape.vocabulary,
            CrossEntropyOracle.Options.of(Reduction.MEAN),
            new double[] {1});

    LinearOracle.Gradients dLinear =
        LinearOracle.backward(h, linear, loss.gradient(), shape.hidden, shape.vocabulary);
    Map<String, double[]> gradients = new LinkedHashMap<>();
    double[] gradInitial = new double[initial.length];
    double[] gradOutput = dLinear.x();
    for (int layer = shape.layers - 1; layer >= 0; layer--) {
      RnnOracle.Gradients d =
          RnnOracle.backward(
              inputs[layer],
              Arrays.copyOfRange(initial, layer * state, (layer + 1) * state),
              layer(parameters, layer),
              outputs[layer],
              gradOutput,
              new double[state],
              sequence(shape, layer));
      gradients.put("rnn.weight_ih_l" + layer, d.parameters().weightIh());
      gradients.put("rnn.weight_hh_l" + layer, d.parameters().weightHh());
      gradients.put("rnn.bias_ih_l" + layer, d.parameters().biasIh());
      gradients.put("rnn.bias_hh_l" + layer, d.parameters().biasHh());
      System.arraycopy(d.initial(), 0, gradInitial, layer * state, state);
      gradOutput = layer == 0 ? d.x() : masked(d.x(), masks, layer - 1);
    }
    gradients.put(
        "embedding.weight",
        EmbeddingOracle.backward(gradOutput, tokens, shape.vocabulary, shape.embed, -1));
    gradients.put("linear.weight", dLinear.weight());
    gradients.put("linear.bias", dLinear.bias());
    return new Pass(
        new Activations(x, h, z),
        last,
        loss.loss()[0],
        gradients,
        new Activations(gradOutput, dLinear.x(), loss.gradient()),
        gradInitial);
  }

  private static double[] masked(double[] values, double[][] masks, int layer) {
    if (masks == null || layer == masks.length) {
      return values;
    }
    return IntStream.range(0, values.length)
        .mapToDouble(i -> values[i] * masks[layer][i])
        .toArray();
  }

  private static RnnOracle.Parameters layer(Map<String, double[]> parameters, int layer) {
    return new RnnOracle.Parameters(
        parameters.get("rnn.weight_ih_l" + layer),
        parameters.get("rnn.weight_hh_l" + layer),
        parameters.get("rnn.bias_ih_l" + layer),
        parameters.get("rnn.bias_hh_l" + layer));
  }

  private static RnnOracle.Shape sequence(Shape shape, int layer) {
    return new RnnOracle.Shape(
        shape.batch, shape.window, layer == 0 ? shape.embed : shape.hidden, shape.hidden);
  }
}
