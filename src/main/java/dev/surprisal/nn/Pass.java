package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.Tensor;

/**
 * The activations of a network for windows of one shape, up to the hidden states, allocated once
 * and used again for every window. A pass goes: write {@link #tokens}, {@link #forward}, a loss of
 * {@link #hidden} that writes {@link #gradHidden}, {@link #backward}, and {@link #carryState}
 * before the next window of the same text.
 */
public final class Pass implements AutoCloseable {
  private final Network network;
  private final Arena arena;
  private final Tensor tokens;
  private final Tensor embedded;
  private final RecurrentState state;
  private final Tensor reserve;
  private final Tensor hidden;
  private final RecurrentState finalState;
  private final Tensor gradHidden;
  private final Tensor gradEmbedded;

  Pass(Network network, int batch, int window, boolean training) {
    if (batch < 1 || window < 1) {
      throw new IllegalArgumentException(
          "a batch and a window are 1 or more, found " + batch + " and " + window);
    }
    this.network = network;
    arena = new Arena(network.device());
    try {
      tokens = arena.allocate(DType.INT32, batch, window);
      embedded = arena.allocate(DType.FLOAT32, batch, window, network.embed());
      state = new RecurrentState(arena.allocate(DType.FLOAT32, batch, network.hidden()));
      reserve = arena.allocate(DType.FLOAT32, batch, window, network.hidden());
      hidden = arena.allocate(DType.FLOAT32, batch, window, network.hidden());
      finalState = new RecurrentState(arena.allocate(DType.FLOAT32, batch, network.hidden()));
      gradHidden = training ? arena.allocate(DType.FLOAT32, hidden.shape().toArray()) : null;
      gradEmbedded = training ? arena.allocate(DType.FLOAT32, embedded.shape().toArray()) : null;
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  /** Computes hidden states from tokens and state. */
  public void forward() {
    network.embedding().forward(tokens, embedded);
    network.rnn().forward(embedded, state, reserve, hidden, finalState);
  }

  /**
   * Computes the gradients of the parameters before the last layer from {@link #gradHidden}. Comes
   * after the last layer's: to the gradient of a weight that embedding and projection share, the
   * embedding's is added.
   *
   * @param accumulate whether to add to the gradients that are there
   * @throws IllegalStateException if this pass was made for inference
   */
  public void backward(boolean accumulate) {
    requireTraining();
    network
        .rnn()
        .backward(
            embedded, state, hidden, gradHidden, null, accumulate, reserve, gradEmbedded, null);
    // A shared weight has the projection's gradient already.
    network.embedding().backward(tokens, gradEmbedded, accumulate || network.tied());
  }

  /** Makes the state after the window the state before the next one. */
  public void carryState() {
    state.hidden().copyFrom(finalState.hidden());
  }

  /** Sets the state before the window to zero, as at the start of a text. */
  public void resetState() {
    state.hidden().zero();
  }

  /**
   * The tokens to read.
   *
   * @return [B, T], INT32
   */
  public Tensor tokens() {
    return tokens;
  }

  /**
   * The state before the window.
   *
   * @return [B, H]
   */
  public Tensor state() {
    return state.hidden();
  }

  /**
   * The state after the window.
   *
   * @return [B, H]
   */
  public Tensor finalState() {
    return finalState.hidden();
  }

  /**
   * The hidden states.
   *
   * @return [B, T, H]
   */
  public Tensor hidden() {
    return hidden;
  }

  /**
   * The gradient of the hidden states, which {@link #backward} starts from.
   *
   * @return [B, T, H]
   * @throws IllegalStateException if this pass was made for inference
   */
  public Tensor gradHidden() {
    requireTraining();
    return gradHidden;
  }

  private void requireTraining() {
    if (gradHidden == null) {
      throw new IllegalStateException("this pass goes forward only: ask for a training pass");
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
