package dev.surprisal.device;

/**
 * A clock for a device's work: measures the time between two places in the order of its operations,
 * by the device's own clock if it has one. Starting and stopping do not wait. Using a closed
 * stopwatch, one of a closed device, or one inside a recording of a GPU throws {@link
 * IllegalStateException}.
 */
public interface Stopwatch extends AutoCloseable {
  /** Marks the place after all operations issued so far as the start. */
  void start();

  /**
   * Marks the place after all operations issued so far as the end.
   *
   * @throws IllegalStateException if it was not started since the last stop
   */
  void stop();

  /**
   * Returns the time from the start to the end; waits until the device has reached the end.
   *
   * @return microseconds
   * @throws IllegalStateException if it was not stopped since the last start
   */
  double microseconds();

  /**
   * Returns the smallest time that differs from zero on this clock.
   *
   * @return microseconds
   */
  double resolution();

  /** Releases the clock, as closing its device does; a second call does nothing. */
  @Override
  void close();
}
