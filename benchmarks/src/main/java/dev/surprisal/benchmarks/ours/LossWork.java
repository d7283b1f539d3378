package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.device.Device;

/** A projection with a bias, fused with the loss that the case's variant names. */
final class LossWork implements Work {
  private final LossBed bed;
  private final Measured measured;

  LossWork(Device device, Case which) {
    bed = new LossBed(device, ProjectionShape.of(which));
    try {
      measured = LossCases.make(which.variant(), bed);
      measured.targets().accept(bed.text().targets());
    } catch (RuntimeException failure) {
      bed.close();
      throw failure;
    }
  }

  @Override
  public void run(int i) {
    measured.step().run();
  }

  @Override
  public void close() {
    measured.close();
    bed.close();
  }
}
