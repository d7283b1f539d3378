package dev.surprisal.nn;

import dev.surprisal.device.Device;
import java.util.List;
import java.util.stream.Stream;

/**
 * The reference network: embedding, tanh recurrent layer, last layer. Parameters bear PyTorch's
 * names: {@code embedding.weight}, {@code rnn.weight_ih_l0}, …, {@code linear.bias} of a projection
 * or {@code softmax.head.weight}, … of an adaptive softmax.
 */
public final class Network implements AutoCloseable {
  private static final String EMBEDDING_WEIGHT = "embedding.weight";
  private static final String LINEAR = "linear";
  private static final String SOFTMAX = "softmax";

  private final Parameters parameters;
  private final Embedding embedding;
  private final Rnn rnn;
  private final HeadConfig headConfig;
  private final Head head;
  private final int vocabularySize;
  private final int embed;
  private final int hidden;

  /**
   * A network with a projection, whose parameters are all zero.
   *
   * @param device where it computes
   * @param vocabularySize V, 1 or more
   * @param embed E, 1 or more
   * @param hidden H, 1 or more
   * @throws IllegalArgumentException if a size is below 1
   */
  public Network(Device device, int vocabularySize, int embed, int hidden) {
    this(device, vocabularySize, embed, hidden, HeadConfig.PROJECTION);
  }

  /**
   * A network whose parameters are all zero.
   *
   * @param device where it computes
   * @param vocabularySize V, 1 or more
   * @param embed E, 1 or more
   * @param hidden H, 1 or more
   * @param headConfig its last layer
   * @throws IllegalArgumentException if a size is below 1, or does not fit the last layer
   */
  public Network(Device device, int vocabularySize, int embed, int hidden, HeadConfig headConfig) {
    if (vocabularySize < 1 || embed < 1 || hidden < 1) {
      throw new IllegalArgumentException(
          "a network has sizes of 1 and more, found vocabulary "
              + vocabularySize
              + ", embedding "
              + embed
              + ", hidden "
              + hidden);
    }
    this.vocabularySize = vocabularySize;
    this.embed = embed;
    this.hidden = hidden;
    this.headConfig = headConfig;
    List<ParameterSpec> specs =
        Stream.of(
                Embedding.parameters("embedding", vocabularySize, embed),
                Rnn.parameters("rnn", embed, hidden),
                headParameters())
            .flatMap(List::stream)
            .toList();
    parameters = new Parameters(device, specs);
    embedding = new Embedding(parameters, "embedding");
    rnn = new Rnn(parameters, "rnn");
    if (headConfig instanceof HeadConfig.Adaptive adaptive) {
      head = new AdaptiveSoftmax(parameters, SOFTMAX, adaptive);
    } else {
      head = new Projection(parameters, LINEAR, tied() ? EMBEDDING_WEIGHT : LINEAR + ".weight");
    }
  }

  private List<ParameterSpec> headParameters() {
    if (headConfig instanceof HeadConfig.Adaptive adaptive) {
      return AdaptiveSoftmax.parameters(SOFTMAX, hidden, vocabularySize, adaptive);
    }
    if (!tied()) {
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
   * is drawn as a projection's, as after {@code embedding.weight = linear.weight}.
   *
   * @param seed of the random numbers
   */
  public void initialise(long seed) {
    embedding.initialise(seed);
    rnn.initialise(seed);
    head.initialise(seed);
  }

  /**
   * Room for a pass over windows of one shape, forward only.
   *
   * @param batch B
   * @param window T
   * @return a pass that the caller closes
   */
  public Pass inference(int batch, int window) {
    return new Pass(this, batch, window, false);
  }

  /**
   * Room for a pass over windows of one shape, forward and backward.
   *
   * @param batch B
   * @param window T
   * @return a pass that the caller closes
   */
  public Pass training(int batch, int window) {
    return new Pass(this, batch, window, true);
  }

  /**
   * The parameters and their gradients.
   *
   * @return of all layers
   */
  public Parameters parameters() {
    return parameters;
  }

  /**
   * The device that it computes on.
   *
   * @return the device
   */
  public Device device() {
    return parameters.device();
  }

  /**
   * The vocabulary's size.
   *
   * @return V
   */
  public int vocabularySize() {
    return vocabularySize;
  }

  /**
   * The embedding's size.
   *
   * @return E
   */
  public int embed() {
    return embed;
  }

  /**
   * The hidden state's size.
   *
   * @return H
   */
  public int hidden() {
    return hidden;
  }

  Embedding embedding() {
    return embedding;
  }

  Rnn rnn() {
    return rnn;
  }

  /**
   * The last layer.
   *
   * @return from hidden states to a distribution
   */
  public Head head() {
    return head;
  }

  /**
   * Which last layer it is.
   *
   * @return as given to the constructor
   */
  public HeadConfig headConfig() {
    return headConfig;
  }

  /**
   * The last layer, where it is a projection.
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
