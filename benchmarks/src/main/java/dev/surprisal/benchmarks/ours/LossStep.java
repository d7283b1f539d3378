package dev.surprisal.benchmarks.ours;

import dev.surprisal.device.Device;

/**
 * A loss fused with its projection: the value, and the gradients of hidden states and parameters.
 */
public final class LossStep implements AutoCloseable {
  private final LossBed bed;
  private final Measured measured;
  private final float[] value = new float[1];

  /**
   * Allocates all that a step needs.
   *
   * @param device that holds nothing else
   * @param shape of the projection
   * @param loss one of {@link LossCases#names}
   * @param chunkRows rows of logits at a time, or 0 for what the library chooses
   */
  public LossStep(Device device, ProjectionShape shape, String loss, long chunkRows) {
    bed = new LossBed(device, shape, chunkRows);
    try {
      measured = LossCases.make(loss, bed);
      measured.targets().accept(bed.text().targets());
    } catch (RuntimeException failure) {
      bed.close();
      throw failure;
    }
  }

  /** Issues loss and gradients, for the targets that were written last. */
  void issue() {
    measured.step().run();
  }

  /** Takes the next targets, does one step, and returns the mean loss of a token. */
  public float run() {
    bed.text().advance();
    measured.targets().accept(bed.text().targets());
    issue();
    measured.total().read(value);
    return value[0];
  }

  @Override
  public void close() {
    measured.close();
    bed.close();
  }
}
