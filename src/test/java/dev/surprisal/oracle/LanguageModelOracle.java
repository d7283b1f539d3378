package dev.surprisal.oracle;

import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The reference model: embedding, tanh recurrence, projection, mean cross-entropy. Its parameters
 * go by PyTorch's names, embedding.weight to linear.bias.
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
   */
  public record Shape(int batch, int window, int vocabulary, int embed, int hidden) {}

  /**
   * What a forward pass computes, or the gradients of it.
   *
   * @param embedded [B, T, E]
   * @param output states of the recurrence, [B, T, H]
   * @param logits [B, T, V]
   */
  public record Activations(double[] embedded, double[] output, double[] logits) {}

  /**
   * A forward and backward pass.
   *
   * @param activations of every layer
   * @param last state after the window, [B, H]
   * @param loss mean over all tokens, in nats
   * @param gradients of the parameters, by their names
   * @param gradActivations of the activations
   * @param gradInitial of the initial state, [B, H]
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
   * @param initial state before the window, [B, H]
   * @param shape sizes
   * @return everything computed
   */
  public static Pass pass(
      Map<String, double[]> parameters,
      int[] tokens,
      int[] targets,
      double[] initial,
      Shape shape) {
    RnnOracle.Shape sequence =
        new RnnOracle.Shape(shape.batch, shape.window, shape.embed, shape.hidden);
    RnnOracle.Parameters rnn =
        new RnnOracle.Parameters(
            parameters.get("rnn.weight_ih_l0"),
            parameters.get("rnn.weight_hh_l0"),
            parameters.get("rnn.bias_ih_l0"),
            parameters.get("rnn.bias_hh_l0"));
    double[] linear = parameters.get("linear.weight");
    double[] bias = parameters.get("linear.bias");

    double[] x = EmbeddingOracle.forward(parameters.get("embedding.weight"), tokens, shape.embed);
    RnnOracle.Result h = RnnOracle.forward(x, initial, rnn, sequence);
    double[] z = LinearOracle.forward(h.output(), linear, bias, shape.hidden, shape.vocabulary);
    CrossEntropyOracle.Result loss =
        CrossEntropyOracle.hard(
            z,
            targets,
            shape.vocabulary,
            CrossEntropyOracle.Options.of(Reduction.MEAN),
            new double[] {1});

    LinearOracle.Gradients dLinear =
        LinearOracle.backward(h.output(), linear, loss.gradient(), shape.hidden, shape.vocabulary);
    RnnOracle.Gradients dRnn =
        RnnOracle.backward(
            x, initial, rnn, h.output(), dLinear.x(), new double[initial.length], sequence);
    Map<String, double[]> gradients = new LinkedHashMap<>();
    gradients.put(
        "embedding.weight",
        EmbeddingOracle.backward(dRnn.x(), tokens, shape.vocabulary, shape.embed, -1));
    gradients.put("rnn.weight_ih_l0", dRnn.parameters().weightIh());
    gradients.put("rnn.weight_hh_l0", dRnn.parameters().weightHh());
    gradients.put("rnn.bias_ih_l0", dRnn.parameters().biasIh());
    gradients.put("rnn.bias_hh_l0", dRnn.parameters().biasHh());
    gradients.put("linear.weight", dLinear.weight());
    gradients.put("linear.bias", dLinear.bias());
    return new Pass(
        new Activations(x, h.output(), z),
        h.last(),
        loss.loss()[0],
        gradients,
        new Activations(dRnn.x(), dLinear.x(), loss.gradient()),
        dRnn.initial());
  }
}
