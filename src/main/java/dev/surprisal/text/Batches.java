package dev.surprisal.text;

/**
 * A text cut into batches of windows, for training by truncated backpropagation through time.
 *
 * <p>Any batch of any epoch can be asked for at any time, and is always the same: a run that was
 * interrupted goes on at its (epoch, index). Filling allocates nothing, and is safe from several
 * threads at once.
 */
public interface Batches {
  /**
   * Rows of a batch.
   *
   * @return B, at least 1
   */
  int batch();

  /**
   * Tokens of a row.
   *
   * @return T, at least 1
   */
  int window();

  /**
   * Batches of an epoch.
   *
   * @return the number, at least 1
   */
  long count();

  /**
   * Whether row b of a batch goes on where row b of the batch before it ended, so that the state of
   * the model is to be carried over; at index 0 of each epoch it is to be zero.
   *
   * @return false if every window stands alone, and the state is zero at the start of each
   */
  boolean carriesState();

  /**
   * Copies one batch out.
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
