package dev.surprisal.device;

/**
 * A fixed sequence of operations that runs many times on the same tensors: a training step once its
 * shapes are fixed.
 *
 * <p>A device may capture the operations in an early run and replay them as one piece from then on,
 * without running the work again. So values that change from run to run live in tensors, which the
 * caller writes before the run.
 */
public interface Recording extends AutoCloseable {
  /**
   * Issues the work once.
   *
   * @throws IllegalStateException if this recording or a tensor of it was closed, or if the work of
   *     another recording runs it
   */
  void run();

  /** Releases what was captured; a second call does nothing. */
  @Override
  void close();
}
