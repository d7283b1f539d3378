package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Meter;
import dev.surprisal.device.Device;

/** The operands of one case, filled with random numbers, and the work to run on them. */
interface Work extends AutoCloseable {
  /** Issues run number {@code i}, on the operands whose turn it is. */
  void run(int i);

  /** Measures it; by the device's clock where nothing else is said. */
  default Answer.Turn time(Device device, Effort effort) {
    return Meter.ofDevice(device, effort).time(this::run);
  }

  /** Whether there are several sets of operands, of which a user would have one. */
  default boolean rotates() {
    return false;
  }

  @Override
  void close();
}
