package dev.surprisal.text;

import java.util.Objects;

/**
 * A sequence of token ids of any length. Reading is safe from several threads at once; closing is
 * not, while another thread reads.
 */
public interface Tokens extends AutoCloseable {
  /**
   * Returns the number of tokens.
   *
   * @return the number, at least 0
   */
  long size();

  /**
   * Copies ids. Allocates nothing.
   *
   * @param from index of the first token to copy
   * @param into receives the ids
   * @param offset index in {@code into} of the first one
   * @param count how many to copy
   * @throws IndexOutOfBoundsException if either range does not fit
   * @throws IllegalStateException if the sequence is closed
   */
  void read(long from, int[] into, int offset, int count);

  /** Releases the memory or the file of the sequence. Closing it twice does nothing. */
  @Override
  void close();

  /**
   * Returns a view of a part of the sequence, which must stay open while the view is used. Closing
   * the view does nothing.
   *
   * @param from index of the first token
   * @param to index after the last token
   * @return the tokens {@code from} … {@code to − 1}
   * @throws IndexOutOfBoundsException if the range does not fit
   */
  default Tokens slice(long from, long to) {
    Objects.checkFromToIndex(from, to, size());
    return new TokenSlice(this, from, to - from);
  }

  /**
   * Returns a sequence in memory.
   *
   * @param ids the ids, copied
   * @return the sequence
   */
  static Tokens of(int... ids) {
    return new TokenArray(ids.clone());
  }
}
