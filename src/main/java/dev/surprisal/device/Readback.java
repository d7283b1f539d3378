package dev.surprisal.device;

/**
 * Brings a device's scalar to the host without waiting for it: values are asked for as steps are
 * issued, and taken, in the same order, a few steps later.
 */
public interface Readback extends AutoCloseable {
  /** The most values that may be asked for and not yet taken. */
  int DEPTH = 8;

  /**
   * Asks for the scalar's value after what was issued so far.
   *
   * @throws IllegalStateException if {@link #DEPTH} values wait to be taken
   */
  void request();

  /**
   * Takes the oldest value that was asked for; waits until it is there.
   *
   * @return the value
   * @throws IllegalStateException if none was asked for
   * @throws IllegalArgumentException if an operation issued before it was asked for found values
   *     that it cannot work with, so that there is no such value
   */
  float take();

  /**
   * How many values were asked for and not taken.
   *
   * @return 0 to {@link #DEPTH}
   */
  int pending();

  /** Gives its memory back; values that were not taken are lost. A second call does nothing. */
  @Override
  void close();
}
