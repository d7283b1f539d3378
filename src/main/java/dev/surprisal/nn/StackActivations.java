package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/** What the layers of a {@link Stack} compute for windows of one shape. */
final class StackActivations {
  private final List<Tensor> outputs = new ArrayList<>();
  private final List<Tensor> passedOn = new ArrayList<>();
  private final List<Tensor> reserves = new ArrayList<>();
  private final List<Tensor> gradOutputs = new ArrayList<>();
  private final List<Dropout> dropouts = new ArrayList<>();

  private StackActivations() {}

  /**
   * Allocates what a forward pass needs; all layers share one reserve.
   *
   * @param arena owns the memory
   * @param config cell, size and number of layers
   * @param batch B
   * @param window T
   */
  static StackActivations inference(Arena arena, RecurrentConfig config, int batch, int window) {
    StackActivations activations = new StackActivations();
    Tensor reserve = reserve(arena, config, batch, window);
    for (int layer = 0; layer < config.layers(); layer++) {
      Tensor output = arena.allocate(DType.FLOAT32, batch, window, config.hidden());
      activations.outputs.add(output);
      activations.passedOn.add(output);
      activations.reserves.add(reserve);
    }
    return activations;
  }

  /**
   * Allocates what forward and backward passes need.
   *
   * @param arena owns the memory
   * @param config cell, size, number of layers and dropout
   * @param batch B
   * @param window T
   * @param seed of the dropout masks
   */
  static StackActivations training(
      Arena arena, RecurrentConfig config, int batch, int window, long seed) {
    StackActivations activations = new StackActivations();
    for (int layer = 0; layer < config.layers(); layer++) {
      Tensor output = arena.allocate(DType.FLOAT32, batch, window, config.hidden());
      activations.outputs.add(output);
      activations.reserves.add(reserve(arena, config, batch, window));
      activations.gradOutputs.add(arena.allocate(DType.FLOAT32, batch, window, config.hidden()));
      if (config.dropout() > 0 && layer + 1 < config.layers()) {
        activations.dropouts.add(new Dropout(arena, config.dropout(), seed, layer));
        output = arena.allocate(DType.FLOAT32, batch, window, config.hidden());
      }
      activations.passedOn.add(output);
    }
    return activations;
  }

  private static Tensor reserve(Arena arena, RecurrentConfig config, int batch, int window) {
    return arena.allocate(
        DType.FLOAT32, batch, window, config.cell().gates() * (long) config.hidden());
  }

  /** Selects the dropout masks of a step, from 0. */
  void step(long step) {
    // By index: an iterator would be allocated in each training step.
    for (int i = 0; i < dropouts.size(); i++) {
      dropouts.get(i).step(step);
    }
  }

  /** Returns a layer's hidden states, [B, T, H]. */
  Tensor output(int layer) {
    return outputs.get(layer);
  }

  /** Returns what the next layer reads: a layer's hidden states, after dropout if there is any. */
  Tensor passedOn(int layer) {
    return passedOn.get(layer);
  }

  /** Returns what a layer's backward pass needs, [B, T, G·H]. */
  Tensor reserve(int layer) {
    return reserves.get(layer);
  }

  /** Returns the gradient of a layer's hidden states, [B, T, H]. */
  Tensor gradOutput(int layer) {
    return gradOutputs.get(layer);
  }

  /** Computes {@link #passedOn}. */
  void dropOutput(int layer) {
    if (layer < dropouts.size()) {
      dropouts.get(layer).apply(outputs.get(layer), passedOn.get(layer));
    }
  }

  /** Turns the gradient of {@link #passedOn} into that of {@link #output}, in place. */
  void dropGradient(int layer) {
    if (layer < dropouts.size()) {
      dropouts.get(layer).apply(gradOutputs.get(layer), gradOutputs.get(layer));
    }
  }

  /** Returns the last layer's hidden states, [B, T, H]. */
  Tensor hidden() {
    return outputs.get(outputs.size() - 1);
  }

  /** Returns the gradient of {@link #hidden}. */
  Tensor gradHidden() {
    return gradOutputs.get(gradOutputs.size() - 1);
  }
}
