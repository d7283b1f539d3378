package dev.surprisal.nn;

import dev.surprisal.device.Device;
import java.util.List;
import java.util.stream.Stream;

/**
 * The reference network: embedding, tanh recurrent layer, projection. Parameters bear PyTorch's
 * names: {@code embedding.weight}, {@code rnn.weight_ih_l0}, …, {@code linear.bias}.
 */
public final class Network implements AutoCloseable {
  private final Parameters parameters;
  private final Embedding embedding;
  private final Rnn rnn;
  private final Projection projection;
  private final int vocabularySize;
  private final int embed;
  private final int hidden;

  /**
   * A network whose parameters are all zero.
   *
   * @param device where it computes
   * @param vocabularySize V, 1 or more
   * @param embed E, 1 or more
   * @param hidden H, 1 or more
   * @throws IllegalArgumentException if a size is below 1
   */
  public Network(Device device, int vocabularySize, int embed, int hidden) {
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
    List<ParameterSpec> specs =
        Stream.of(
                Embedding.parameters("embedding", vocabularySize, embed),
                Rnn.parameters("rnn", embed, hidden),
                Projection.parameters("linear", hidden, vocabularySize))
            .flatMap(List::stream)
            .toList();
    parameters = new Parameters(device, specs);
    embedding = new Embedding(parameters, "embedding");
    rnn = new Rnn(parameters, "rnn");
    projection = new Projection(parameters, "linear");
  }

  /**
   * Draws all parameters from PyTorch's distributions.
   *
   * @param seed of the random numbers
   */
  public void initialise(long seed) {
    embedding.initialise(seed);
    rnn.initialise(seed);
    projection.initialise(seed);
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
   * @return from hidden states to logits
   */
  public Projection projection() {
    return projection;
  }

  @Override
  public void close() {
    parameters.close();
  }
}
