package dev.surprisal.device;

import java.util.Optional;

/** A kind of device, which {@link java.util.ServiceLoader} finds. */
public interface DeviceProvider {
  /**
   * Returns the kind's name, as in {@code cpu} or {@code cuda}.
   *
   * @return lower case
   */
  String kind();

  /**
   * Returns the rank of this kind for {@link Device#auto}.
   *
   * @return the higher, the more preferred; 0 for the CPU
   */
  int priority();

  /**
   * Explains why this kind cannot be used on this machine. Must not throw, whatever is missing.
   *
   * @return what is missing and the command that fixes it, or empty if the device can be opened
   */
  Optional<String> missing();

  /**
   * Returns lines for {@code surprisal doctor}: hardware, libraries and their versions.
   *
   * @return a few lines
   */
  java.util.List<String> describe();

  /**
   * Opens a device.
   *
   * @param index the number of the device among its kind, from 0
   * @param threads the number of host threads, 0 for one per processor
   * @return the device
   * @throws DeviceUnavailableException if there is no such device
   */
  Device open(int index, int threads);
}
