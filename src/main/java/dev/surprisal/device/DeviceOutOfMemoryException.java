package dev.surprisal.device;

/** An allocation that exceeds a device's free memory. The device stays usable. */
public final class DeviceOutOfMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Creates the exception with the bytes requested, the bytes free and what to do.
   *
   * @param message one sentence
   */
  public DeviceOutOfMemoryException(String message) {
    super(message);
  }
}
