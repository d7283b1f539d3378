package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of every layer of a recurrent network between two windows: what it remembers of the
 * text so far, for each sequence of a batch.
 */
public final class State {
  private final List<RecurrentState> layers = new ArrayList<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * Allocates a state of zeros.
   *
   * @param arena owns the memory
   * @param config cell, size and number of layers
   * @param batch B, the number of sequences
   */
  public State(Arena arena, RecurrentConfig config, int batch) {
    for (int layer = 0; layer < config.layers(); layer++) {
      Tensor hidden = arena.allocate(DType.FLOAT32, batch, config.hidden());
      Tensor cell =
          config.cell().states() > 1 ? arena.allocate(DType.FLOAT32, batch, config.hidden()) : null;
      layers.add(new RecurrentState(hidden, cell));
      // The name of the only tensor of the first networks that were saved.
      String suffix = layer == 0 ? "" : "_l" + layer;
      tensors.put("state" + suffix, hidden);
      if (cell != null) {
        tensors.put("cell_state" + suffix, cell);
      }
    }
  }

  /**
   * Returns the state of one layer.
   *
   * @param layer from 0
   * @return its tensors, [B, H] each
   */
  public RecurrentState layer(int layer) {
    return layers.get(layer);
  }

  /**
   * Returns all tensors by the names that a checkpoint gives them.
   *
   * @return in the order of layers; the caller does not change the map
   */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Sets all tensors to zero, as at the start of a text. */
  public void zero() {
    // By index: an iterator would be allocated in each training step.
    for (int i = 0; i < layers.size(); i++) {
      RecurrentState layer = layers.get(i);
      layer.hidden().zero();
      if (layer.cell() != null) {
        layer.cell().zero();
      }
    }
  }

  /**
   * Copies another state of the same shape.
   *
   * @param other on the same device
   * @throws IllegalArgumentException if a shape differs
   */
  public void copyFrom(State other) {
    for (int i = 0; i < layers.size(); i++) {
      RecurrentState to = layers.get(i);
      RecurrentState from = other.layers.get(i);
      to.hidden().copyFrom(from.hidden());
      if (to.cell() != null) {
        to.cell().copyFrom(from.cell());
      }
    }
  }
}
