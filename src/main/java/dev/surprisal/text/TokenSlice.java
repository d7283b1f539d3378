package dev.surprisal.text;

import java.util.Objects;

/** A part of other tokens, which it does not own. */
record TokenSlice(Tokens tokens, long start, long size) implements Tokens {
  @Override
  public void read(long from, int[] into, int offset, int count) {
    Objects.checkFromIndexSize(from, count, size);
    tokens.read(start + from, into, offset, count);
  }

  @Override
  public void close() {}
}
