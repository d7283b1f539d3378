package dev.surprisal.device;

/** A device that was asked for cannot be used on this machine. */
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * With what is missing and what mends it.
   *
   * @param message one sentence
   */
  public DeviceUnavailableException(String message) {
    super(message);
  }
}
