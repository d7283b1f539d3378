package dev.surprisal.nn;

import dev.surprisal.device.Device;
import java.util.List;
import java.util.stream.Stream;

/**
 * A recurrent language model: embedding, recurrent layers, last layer. Its parameters have
 * PyTorch's names: {@code embedding.weight}, {@code rnn.weight_ih_l0}, …, {@code linear.bias} of a
 * projection or {@code softmax.head.weight}, … of an adaptive softmax.
 */
public final class Network implements AutoCloseable {
  /** The name of the weight that a tied network's embedding and projection share. */
  public static final String SHARED_WEIGHT = "embedding.weight";

  /** The other name of that weight in PyTorch's state of a tied module. */
  public static final String SECOND_NAME = "linear.weight";

  private static final String EMBEDDING = "embedding";
  private static final String RECURRENT = "rnn";
  private static final String LINEAR = "linear";
  private static final String SOFTMAX = "softmax";

  private final Parameters parameters;
  private final Embedding embedding;
  private final Stack stack;
  private final HeadConfig headConfig;
  private final Head head;
  private final int vocabularySize;
  private final int embed;

  /**
   * Creates a network whose parameters are all zero.
   *
   * @param device computes
   * @param vocabularySize V, 1 or more
   * @param embed E, 1 or more
   * @param recurrent its recurrent layers
   * @param headConfig its last layer
   * @throws IllegalArgumentException if a size is below 1 or does not fit the last layer
   */
  public Network(
      Device device,
      int vocabularySize,
      int embed,
      RecurrentConfig recurrent,
      HeadConfig headConfig) {
    this.vocabularySize = vocabularySize;
    this.embed = embed;
    this.headConfig = headConfig;
    parameters = new Parameters(device, parameters(vocabularySize, embed, recurrent, headConfig));
    embedding = new Embedding(parameters, EMBEDDING);
    stack = new Stack(parameters, RECURRENT, recurrent);
    if (headConfig instanceof HeadConfig.Adaptive adaptive) {
      head = new AdaptiveSoftmax(parameters, SOFTMAX, adaptive);
    } else {
      head = new Projection(parameters, LINEAR, tied() ? SHARED_WEIGHT : SECOND_NAME);
    }
  }

  /**
   * Lists the parameters of a network without making one.
   *
   * @param vocabularySize V, 1 or more
   * @param embed E, 1 or more
   * @param recurrent its recurrent layers
   * @param headConfig its last layer
   * @return names and shapes, in the order of a file
   * @throws IllegalArgumentException if a size is below 1 or does not fit the last layer
   */
  public static List<ParameterSpec> parameters(
      int vocabularySize, int embed, RecurrentConfig recurrent, HeadConfig headConfig) {
    if (vocabularySize < 1 || embed < 1) {
      throw new IllegalArgumentException(
          "a network has a vocabulary and an embedding of 1 or more, found vocabulary "
              + vocabularySize
              + " and embedding "
              + embed);
    }
    return Stream.of(
            Embedding.parameters(EMBEDDING, vocabularySize, embed),
            Stack.parameters(RECURRENT, embed, recurrent),
            headParameters(vocabularySize, embed, recurrent.hidden(), headConfig))
        .flatMap(List::stream)
        .toList();
  }

  private static List<ParameterSpec> headParameters(
      int vocabularySize, int embed, int hidden, HeadConfig headConfig) {
    if (headConfig instanceof HeadConfig.Adaptive adaptive) {
      return AdaptiveSoftmax.parameters(SOFTMAX, hidden, vocabularySize, adaptive);
    }
    if (!(headConfig instanceof HeadConfig.Tied)) {
      return Projection.parameters(LINEAR, hidden, vocabularySize);
    }
    if (embed != hidden) {
      throw new IllegalArgumentException(
          "a projection tied to the embedding needs an embedding of the hidden size, found "
              + embed
              + " and "
              + hidden);
    }
    return List.of(Projection.biasParameter(LINEAR, vocabularySize));
  }

  /**
   * Draws all parameters from PyTorch's distributions. A weight that embedding and projection share
   * is initialised as the projection's, as after {@code embedding.weight = linear.weight}.
   *
   * @param seed of the random numbers
   */
  public void initialise(long seed) {
    embedding.initialise(seed);
    stack.initialise(seed);
    head.initialise(seed);
  }

  /**
   * Allocates a pass over windows of one shape, forward only.
   *
   * @param batch B
   * @param window T
   * @return a pass that the caller closes
   */
  public Pass inference(int batch, int window) {
    return new Pass(this, batch, window, null);
  }

  /**
   * Allocates a pass over windows of one shape, forward and backward.
   *
   * @param batch B
   * @param window T
   * @param seed of the dropout masks
   * @return a pass that the caller closes
   */
  public Pass training(int batch, int window, long seed) {
    return new Pass(this, batch, window, seed);
  }

  /**
   * Returns the parameters and their gradients.
   *
   * @return of all layers
   */
  public Parameters parameters() {
    return parameters;
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
   * Returns the size of the vocabulary.
   *
   * @return V
   */
  public int vocabularySize() {
    return vocabularySize;
  }

  /**
   * Returns the size of the embedding.
   *
   * @return E
   */
  public int embed() {
    return embed;
  }

  /**
   * Returns the size of the hidden state.
   *
   * @return H
   */
  public int hidden() {
    return stack.config().hidden();
  }

  Embedding embedding() {
    return embedding;
  }

  Stack stack() {
    return stack;
  }

  /**
   * Returns what the recurrent part is made of.
   *
   * @return cell, size and number of layers
   */
  public RecurrentConfig recurrentConfig() {
    return stack.config();
  }

  /**
   * Returns the last layer.
   *
   * @return from hidden states to a distribution
   */
  public Head head() {
    return head;
  }

  /**
   * Returns the kind of the last layer.
   *
   * @return as given to the constructor
   */
  public HeadConfig headConfig() {
    return headConfig;
  }

  /**
   * Returns the last layer, which must be a projection.
   *
   * @return from hidden states to logits
   * @throws IllegalStateException if it is another
   */
  public Projection projection() {
    if (head instanceof Projection projection) {
      return projection;
    }
    throw new IllegalStateException(
        "expected a network whose last layer is a projection, found " + headConfig);
  }

  /** Whether embedding and projection share a weight, and so a gradient. */
  boolean tied() {
    return headConfig instanceof HeadConfig.Tied;
  }

  @Override
  public void close() {
    head.close();
    parameters.close();
  }
}
