package dev.surprisal.text;

/**
 * A text cut into batches of windows, for training by truncated backpropagation through time.
 *
 * <p>A batch depends only on its (epoch, index), so that an interrupted run resumes where it
 * stopped. Filling allocates nothing and is safe from several threads at once.
 */
public interface Batches {
  /**
   * Returns the rows of a batch.
   *
   * @return B, at least 1
   */
  int batch();

  /**
   * Returns the tokens of a row.
   *
   * @return T, at least 1
   */
  int window();

  /**
   * Returns the batches of an epoch.
   *
   * @return the number, at least 1
   */
  long count();

  /**
   * Returns whether row b of a batch continues row b of the batch before it. If so, a model carries
   * its state over from batch to batch, and starts each epoch with a state of zero.
   *
   * @return false if the windows are independent and the state is zero at the start of each
   */
  boolean carriesState();

  /**
   * Copies one batch.
   *
   * @param epoch the epoch, from 0
   * @param index the batch within the epoch, 0 … count − 1
   * @param inputs receives token ids, [batch, window] row by row
   * @param targets receives for each input the id of the token after it, [batch, window]
   * @throws IndexOutOfBoundsException if the epoch is negative or the index is outside
   * @throws IllegalArgumentException if an array does not have batch · window elements
   */
  void fill(long epoch, long index, int[] inputs, int[] targets);
}
