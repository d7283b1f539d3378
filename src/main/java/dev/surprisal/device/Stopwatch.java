package dev.surprisal.device;

/**
 * Measures how long a device works: the time from one place in the order of its work to another, by
 * the device's own clock where it has one. Starting and stopping wait for nothing. A closed
 * stopwatch, or one of a closed device, throws {@link IllegalStateException}, and so does one that
 * is used inside a recording of a device whose recordings are graphs.
 */
public interface Stopwatch extends AutoCloseable {
  /** Marks the place behind what was issued so far as the start, whatever was marked before. */
  void start();

  /**
   * Marks the place behind what was issued so far as the end.
   *
   * @throws IllegalStateException if it was not started since the last stop
   */
  void stop();

  /**
   * The time from the start to the end; waits until the device has reached the end.
   *
   * @return microseconds
   * @throws IllegalStateException if it was not stopped since the last start
   */
  double microseconds();

  /**
   * The smallest time that it can tell from none.
   *
   * @return microseconds
   */
  double resolution();

  /** Gives it back, as closing its device does; a second call does nothing. */
  @Override
  void close();
}
