package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/** What the layers of a {@link Stack} compute for windows of one shape. */
final class StackActivations {
  private final List<Tensor> outputs = new ArrayList<>();
  private final List<Tensor> reserves = new ArrayList<>();
  private final List<Tensor> gradOutputs = new ArrayList<>();

  /**
   * Allocates the activations.
   *
   * @param arena owns the memory
   * @param config cell, size and number of layers
   * @param batch B
   * @param window T
   * @param training whether there are gradients; if not, all layers share one reserve
   */
  StackActivations(Arena arena, RecurrentConfig config, int batch, int window, boolean training) {
    long hidden = config.hidden();
    for (int layer = 0; layer < config.layers(); layer++) {
      outputs.add(arena.allocate(DType.FLOAT32, batch, window, hidden));
      if (training || layer == 0) {
        reserves.add(arena.allocate(DType.FLOAT32, batch, window, config.cell().gates() * hidden));
      } else {
        reserves.add(reserves.get(0));
      }
      if (training) {
        gradOutputs.add(arena.allocate(DType.FLOAT32, batch, window, hidden));
      }
    }
  }

  /**
   * Returns a layer's hidden states.
   *
   * @param layer from 0
   * @return [B, T, H]
   */
  Tensor output(int layer) {
    return outputs.get(layer);
  }

  Tensor reserve(int layer) {
    return reserves.get(layer);
  }

  Tensor gradOutput(int layer) {
    return gradOutputs.get(layer);
  }

  /** Returns the last layer's hidden states, [B, T, H]. */
  Tensor hidden() {
    return outputs.get(outputs.size() - 1);
  }

  /** Returns the gradient of {@link #hidden}; null without gradients. */
  Tensor gradHidden() {
    return gradOutputs.isEmpty() ? null : gradOutputs.get(gradOutputs.size() - 1);
  }
}
