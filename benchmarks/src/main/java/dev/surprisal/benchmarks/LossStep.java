package dev.surprisal.benchmarks;

import dev.surprisal.device.Device;

/**
 * A loss fused with its projection: the value, and the gradients of hidden states and parameters.
 */
final class LossStep implements AutoCloseable {
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
  LossStep(Device device, ProjectionShape shape, String loss, long chunkRows) {
    bed = new LossBed(device, shape, chunkRows);
    measured = LossCases.make(loss, bed);
  }

  /** Does one step, and returns the mean loss of a token. */
  float run() {
    bed.text().advance();
    measured.targets().accept(bed.text().targets());
    measured.step().run();
    measured.total().read(value);
    return value[0];
  }

  /** The most bytes that tensors took beyond parameters, gradients and hidden states. */
  long extraBytes() {
    return bed.extraBytes();
  }

  @Override
  public void close() {
    measured.close();
    bed.close();
  }
}
