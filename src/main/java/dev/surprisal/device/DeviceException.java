package dev.surprisal.device;

/** A failure of a device or of a library behind it. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Creates the exception with the operation and the device's own message.
   *
   * @param message one sentence
   */
  public DeviceException(String message) {
    super(message);
  }
}
