package dev.surprisal.device;

import java.util.Optional;

/** How a kind of device makes itself known; found through {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
  /**
   * The kind's name, as in {@code cpu} or {@code cuda}.
   *
   * @return lower case
   */
  String kind();

  /**
   * Whether {@link Device#auto} prefers this kind to others.
   *
   * @return higher is preferred; the CPU is 0
   */
  int priority();

  /**
   * What keeps this kind from being used here. Must not throw, whatever is missing.
   *
   * @return what is missing and the command that mends it, or empty if the device can be opened
   */
  Optional<String> missing();

  /**
   * Lines for {@code surprisal doctor}: hardware, libraries and their versions.
   *
   * @return a few lines
   */
  java.util.List<String> describe();

  /**
   * Opens a device.
   *
   * @param index which one of this kind
   * @param threads how many threads work on the host's side, 0 for as many as there are processors
   * @return the device
   * @throws DeviceUnavailableException if there is no such device
   */
  Device open(int index, int threads);
}
