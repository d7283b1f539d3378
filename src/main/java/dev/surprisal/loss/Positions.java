package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;
import java.util.Arrays;

/** The tokens that count, of M, in their order; at first all of them. */
final class Positions {
  private final int tokens;
  private final Tensor all;
  private Tensor counted;

  Positions(Arena arena, int tokens) {
    this.tokens = tokens;
    all = arena.allocate(DType.INT32, tokens);
    int[] identity = new int[tokens];
    Arrays.setAll(identity, token -> token);
    all.write(identity);
    counted = all;
  }

  /** Sets the tokens that count: the first {@code count} of {@code positions}, an array of M. */
  void write(int[] positions, int count) {
    if (count < tokens || count() < tokens) {
      all.write(positions);
    }
    if (count != count()) {
      counted = all.slice(0, count);
    }
  }

  int count() {
    return (int) counted.elements();
  }

  int tokens() {
    return tokens;
  }

  boolean complete() {
    return count() == tokens;
  }

  /** [N], INT32. */
  Tensor counted() {
    return counted;
  }
}
