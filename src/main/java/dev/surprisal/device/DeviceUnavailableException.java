package dev.surprisal.device;

/** A request for a device that cannot be used on this machine. */
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Creates the exception with what is missing and the command that fixes it.
   *
   * @param message one sentence
   */
  public DeviceUnavailableException(String message) {
    super(message);
  }
}
