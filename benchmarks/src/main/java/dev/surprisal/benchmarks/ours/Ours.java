package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.RefusedException;
import dev.surprisal.benchmarks.measure.Rotation;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.MatmulPrecision;
import java.util.function.Supplier;

/** Surprisal itself, with a device of its own for each case, so that nothing is left of others. */
public final class Ours implements Contestant {
  private final String deviceName;
  private final Rotation rotation;
  private final Supplier<Device> devices;

  /**
   * On a device.
   *
   * @param deviceName as {@link Device#of} takes it
   */
  public Ours(String deviceName) {
    this(deviceName, Rotation.of(deviceName), () -> Device.of(deviceName, 0));
  }

  /** On devices of any kind. */
  Ours(String deviceName, Rotation rotation, Supplier<Device> devices) {
    this.deviceName = deviceName;
    this.rotation = rotation;
    this.devices = devices;
  }

  @Override
  public String name() {
    return OURS;
  }

  @Override
  public Answer time(Case which, Effort effort) {
    try {
      Works.check(which, deviceName);
      return measure(which, effort);
    } catch (RefusedException refused) {
      return new Answer.Refusal(refused.getMessage());
    } catch (DeviceOutOfMemoryException | OutOfMemoryError tooLarge) {
      return new Answer.Refusal("out of memory");
    }
  }

  private Answer.Turn measure(Case which, Effort effort) {
    try (Device device = devices.get();
        Operands operands = new Operands(device)) {
      device.matmulPrecision(
          which.type().equals("tf32") ? MatmulPrecision.HIGH : MatmulPrecision.HIGHEST);
      try (Work work = Works.open(operands, which, rotation)) {
        Answer.Turn turn = work.time(device, effort);
        return work.rotates() ? turn : turn.holding(device.memory().peak());
      }
    }
  }

  /** Does nothing: a device is closed when its case is over. */
  @Override
  public void close() {}
}
