package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Dropout at one place of a network, as torch.nn.Dropout. The mask is a function of seed, place and
 * step alone, so a resumed run has the masks of one that was never stopped. The step lives on the
 * device: a recorded step draws another mask each time.
 */
final class Dropout {
  /** Places that have masks of their own. */
  static final int MOST_PLACES = 64;

  private final Kernels kernels;
  private final float probability;
  private final long seed;
  private final int place;
  private final Tensor sequence;
  private final ByteBuffer number =
      ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());

  /**
   * Creates the masks of one place, at step 0.
   *
   * @param arena owns the step number
   * @param probability of a zero, in [0, 1)
   * @param seed the key of the random numbers
   * @param place from 0, below {@value #MOST_PLACES}
   */
  Dropout(Arena arena, float probability, long seed, int place) {
    this.kernels = arena.device().kernels();
    this.probability = probability;
    this.seed = seed;
    this.place = place;
    sequence = arena.allocate(DType.INT64, 1);
    step(0);
  }

  /** Selects the mask of a step, from 0. */
  void step(long step) {
    number.clear().putLong(step * MOST_PLACES + place).flip();
    sequence.write(0, number);
  }

  /**
   * Applies the mask, to an activation or to its gradient.
   *
   * @param input any shape
   * @param output of as many elements; may be the input
   */
  void apply(Tensor input, Tensor output) {
    kernels.dropout(input, probability, seed, sequence, output);
  }
}
