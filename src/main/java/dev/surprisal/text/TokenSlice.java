package dev.surprisal.text;

import java.util.Objects;

/** A view of a part of other tokens. Closing it does nothing. */
record TokenSlice(Tokens tokens, long start, long size) implements Tokens {
  @Override
  public void read(long from, int[] into, int offset, int count) {
    Objects.checkFromIndexSize(from, count, size);
    tokens.read(start + from, into, offset, count);
  }

  @Override
  public void close() {}
}
