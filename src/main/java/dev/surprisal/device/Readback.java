package dev.surprisal.device;

/**
 * A queue of a device scalar's values on their way to the host: a caller requests a value with each
 * step, and takes it, in the same order, a few steps later, so that no step waits.
 */
public interface Readback extends AutoCloseable {
  /** The most values that may be requested and not yet taken. */
  int DEPTH = 8;

  /**
   * Requests the scalar's value after all operations issued so far.
   *
   * @throws IllegalStateException if {@link #DEPTH} requested values were not taken yet
   */
  void request();

  /**
   * Takes the oldest requested value; waits until it has arrived.
   *
   * @return the value
   * @throws IllegalStateException if none was requested
   * @throws IllegalArgumentException if an operation issued before the request found invalid
   *     values, so that the value was not computed
   */
  float take();

  /**
   * Returns the number of values that were requested and not taken.
   *
   * @return 0 to {@link #DEPTH}
   */
  int pending();

  /** Releases its memory and drops values that were not taken; a second call does nothing. */
  @Override
  void close();
}
