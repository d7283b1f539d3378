package dev.surprisal.device;

/**
 * A fixed sequence of operations that is run again and again, always on the same tensors: a
 * training step once its shapes are fixed.
 *
 * <p>A device may remember at an early run what was issued and issue that, as one piece, from then
 * on, without running the work in between: what changes from run to run lives in tensors, which are
 * written before it.
 */
public interface Recording extends AutoCloseable {
  /**
   * Issues the work once.
   *
   * @throws IllegalStateException if this recording or a tensor that it works on was closed, or if
   *     it is run by the work of another recording
   */
  void run();

  /** Forgets what was remembered; a second call does nothing. */
  @Override
  void close();
}
