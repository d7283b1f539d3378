package dev.surprisal.nn;

import dev.surprisal.device.Kernels;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import java.util.List;

/** A row of a matrix for each token, as torch.nn.Embedding. */
public final class Embedding {
  private static final int NO_PADDING = -1;

  private final Parameters parameters;
  private final Kernels kernels;
  private final String weightName;
  private final Tensor weight;
  private final Tensor gradWeight;
  private final int paddingIndex;

  /**
   * Creates an embedding over a parameter that {@link #parameters} declared.
   *
   * @param parameters holds it
   * @param name of the layer
   */
  public Embedding(Parameters parameters, String name) {
    this(parameters, name, NO_PADDING);
  }

  /**
   * Creates an embedding with a padding token, whose row starts at zero and gets no gradient.
   *
   * @param parameters holds it
   * @param name of the layer
   * @param paddingIndex the token; −1 for none
   * @throws IllegalArgumentException if the padding token is outside the vocabulary
   */
  public Embedding(Parameters parameters, String name, int paddingIndex) {
    this.parameters = parameters;
    this.kernels = parameters.device().kernels();
    this.weightName = name + ".weight";
    this.weight = parameters.value(weightName);
    this.gradWeight = parameters.gradient(weightName);
    this.paddingIndex = paddingIndex;
    if (paddingIndex < NO_PADDING || paddingIndex >= weight.shape().size(0)) {
      throw new IllegalArgumentException(
          "the padding index is −1 (none) or a token below "
              + weight.shape().size(0)
              + ", found "
              + paddingIndex);
    }
  }

  /**
   * Declares the parameter of an embedding.
   *
   * @param name of the layer
   * @param vocabularySize V
   * @param size E
   * @return the matrix, [V, E]
   */
  public static List<ParameterSpec> parameters(String name, long vocabularySize, long size) {
    return List.of(new ParameterSpec(name + ".weight", Shape.of(vocabularySize, size)));
  }

  /**
   * Draws the matrix from N(0, 1), as PyTorch does; the padding token's row is zero.
   *
   * @param seed of the random numbers
   */
  public void initialise(long seed) {
    kernels.normal(0, 1, seed, parameters.index(weightName), weight);
    if (paddingIndex != NO_PADDING) {
      long size = weight.shape().size(1);
      weight.slice(paddingIndex * size, size).zero();
    }
  }

  /**
   * Gathers the rows of tokens.
   *
   * @param tokens N elements, INT32
   * @param output N·E elements
   */
  public void forward(Tensor tokens, Tensor output) {
    kernels.gatherRows(weight, tokens, output);
  }

  /**
   * Computes the gradient of the matrix.
   *
   * @param tokens as given to {@link #forward}
   * @param gradOutput N·E elements
   * @param accumulate whether to add to the gradient instead of replacing it
   */
  public void backward(Tensor tokens, Tensor gradOutput, boolean accumulate) {
    kernels.addRows(tokens, gradOutput, paddingIndex, accumulate, gradWeight);
  }
}
