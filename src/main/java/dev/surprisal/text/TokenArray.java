package dev.surprisal.text;

import java.util.Objects;

/** Tokens in memory. Closing does nothing. */
record TokenArray(int[] ids) implements Tokens {
  @Override
  public long size() {
    return ids.length;
  }

  @Override
  public void read(long from, int[] into, int offset, int count) {
    Objects.checkFromIndexSize(from, count, ids.length);
    System.arraycopy(ids, (int) from, into, offset, count);
  }

  @Override
  public void close() {}
}
