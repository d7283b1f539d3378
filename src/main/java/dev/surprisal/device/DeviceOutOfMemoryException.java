package dev.surprisal.device;

/** A device has less memory left than was asked for. The device stays usable. */
public final class DeviceOutOfMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * With what was asked for, what was free and what to do.
   *
   * @param message one sentence
   */
  public DeviceOutOfMemoryException(String message) {
    super(message);
  }
}
