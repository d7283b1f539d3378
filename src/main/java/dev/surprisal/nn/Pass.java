package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;

/**
 * The activations of a network for windows of one shape, up to the hidden states. They are
 * allocated once and serve every window. For each window, write {@link #tokens}, call {@link
 * #forward}, compute a loss of {@link #hidden} that writes {@link #gradHidden}, call {@link
 * #backward}, and call {@link #carryState} before the next window of the same text.
 */
public final class Pass implements AutoCloseable {
  private final Network network;
  private final Arena arena;
  private final Tensor tokens;
  private final Tensor embedded;
  private final State state;
  private final StackActivations activations;
  private final State finalState;
  private final Tensor gradEmbedded;

  /** Allocates a pass; {@code seed} is that of the dropout masks, null for inference. */
  Pass(Network network, int batch, int window, Long seed) {
    if (batch < 1 || window < 1) {
      throw new IllegalArgumentException(
          "a batch and a window are 1 or more, found " + batch + " and " + window);
    }
    this.network = network;
    arena = new Arena(network.device());
    try {
      tokens = arena.allocate(DType.INT32, batch, window);
      embedded = arena.allocate(DType.FLOAT32, batch, window, network.embed());
      RecurrentConfig recurrent = network.recurrentConfig();
      state = new State(arena, recurrent, batch);
      activations =
          seed == null
              ? StackActivations.inference(arena, recurrent, batch, window)
              : StackActivations.training(arena, recurrent, batch, window, seed);
      finalState = new State(arena, recurrent, batch);
      gradEmbedded =
          seed != null ? arena.allocate(DType.FLOAT32, embedded.shape().toArray()) : null;
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  /**
   * Selects the dropout masks of a training step. A pass for inference has none.
   *
   * @param step from 0; the same step has the same masks
   */
  public void step(long step) {
    activations.step(step);
  }

  /** Computes hidden states from tokens and state. */
  public void forward() {
    network.embedding().forward(tokens, embedded);
    network.stack().forward(embedded, state, activations, finalState);
  }

  /**
   * Computes the gradients of the parameters before the last layer from {@link #gradHidden}. The
   * last layer's come first: this adds the embedding's gradient to that of a weight that embedding
   * and projection share.
   *
   * @param accumulate whether to add to the gradients instead of replacing them
   * @throws IllegalStateException if this pass was made for inference
   */
  public void backward(boolean accumulate) {
    requireTraining();
    network.stack().backward(embedded, state, activations, accumulate, gradEmbedded);
    // A shared weight has the projection's gradient already.
    network.embedding().backward(tokens, gradEmbedded, accumulate || network.tied());
  }

  /** Copies the state after the window to the state before the next one. */
  public void carryState() {
    state.copyFrom(finalState);
  }

  /** Sets the state before the window to zero, as at the start of a text. */
  public void resetState() {
    state.zero();
  }

  /**
   * Returns the tokens to read.
   *
   * @return [B, T], INT32
   */
  public Tensor tokens() {
    return tokens;
  }

  /**
   * Returns the state before the window.
   *
   * @return of all layers
   */
  public State state() {
    return state;
  }

  /**
   * Returns the state after the window.
   *
   * @return of all layers
   */
  public State finalState() {
    return finalState;
  }

  /**
   * Returns the hidden states.
   *
   * @return [B, T, H]
   */
  public Tensor hidden() {
    return activations.hidden();
  }

  /**
   * Returns the gradient of the hidden states, from which {@link #backward} starts.
   *
   * @return [B, T, H]
   * @throws IllegalStateException if this pass was made for inference
   */
  public Tensor gradHidden() {
    requireTraining();
    return activations.gradHidden();
  }

  private void requireTraining() {
    if (gradEmbedded == null) {
      throw new IllegalStateException(
          "a pass for inference has no gradients: create it with Network.training");
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
