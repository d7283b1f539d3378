package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Meter;
import dev.surprisal.device.Device;

/** Training steps by the host's clock, including the transfer of tokens and losses. */
final class StepWork implements Work {
  private final TrainingStep step;

  StepWork(Device device, Case which) {
    step = new TrainingStep(device, StepShape.of(which));
  }

  @Override
  public void run(int i) {
    step.issue();
  }

  @Override
  public Answer.Turn time(Device device, Effort effort) {
    return Meter.ofHost(device, step::settle, effort).time(this::run);
  }

  @Override
  public void close() {
    step.close();
  }
}
