package dev.surprisal.text;

import java.util.Objects;

/** The shape of the batches of a text, and the copying of a row. */
record BatchShape(int batch, int window) {
  /**
   * Returns a shape.
   *
   * @throws IllegalArgumentException if the text cannot fill it once
   */
  static BatchShape of(Tokens tokens, int batch, int window) {
    if (batch < 1 || window < 1) {
      throw new IllegalArgumentException(
          "batch " + batch + ", window " + window + ": expected both to be at least 1");
    }
    long needed = (long) batch * window + 1;
    if (needed > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "batch "
              + batch
              + " times window "
              + window
              + " is larger than 2^31 - 1: choose smaller ones");
    }
    if (tokens.size() < needed) {
      long largest = Math.max(0, tokens.size() - 1) / batch;
      throw new IllegalArgumentException(
          "a text of "
              + tokens.size()
              + " tokens is too short for batch "
              + batch
              + " and window "
              + window
              + ", which need "
              + needed
              + ": "
              + (largest > 0
                  ? "the largest window that fits is " + largest
                  : "choose a smaller batch or give a longer text"));
    }
    return new BatchShape(batch, window);
  }

  void check(long epoch, long index, long count, int[] inputs, int[] targets) {
    Objects.checkIndex(epoch, Long.MAX_VALUE);
    Objects.checkIndex(index, count);
    checkLength("inputs", inputs);
    checkLength("targets", targets);
  }

  private void checkLength(String name, int[] array) {
    if (array.length != batch * window) {
      throw new IllegalArgumentException(
          name
              + " has "
              + array.length
              + " elements, expected batch "
              + batch
              + " times window "
              + window
              + " = "
              + batch * window);
    }
  }

  /** Copies the window that starts at a token, and the window one token later, into a row. */
  void fillRow(int row, Tokens tokens, long start, int[] inputs, int[] targets) {
    tokens.read(start, inputs, row * window, window);
    tokens.read(start + 1, targets, row * window, window);
  }
}
