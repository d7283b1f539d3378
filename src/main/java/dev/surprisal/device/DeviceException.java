package dev.surprisal.device;

/** A device or a library behind it refused work or failed at it. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * With the operation and the device's own words.
   *
   * @param message one sentence
   */
  public DeviceException(String message) {
    super(message);
  }
}
