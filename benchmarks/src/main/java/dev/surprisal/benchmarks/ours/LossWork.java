package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.device.Device;

/** A projection with a bias and the loss that the case's variant names. */
final class LossWork implements Work {
  private final LossStep step;

  LossWork(Device device, Case which) {
    step = new LossStep(device, ProjectionShape.of(which), which.variant(), 0);
  }

  @Override
  public void run(int i) {
    step.issue();
  }

  @Override
  public void close() {
    step.close();
  }
}
