package dev.surprisal.benchmarks.deeplearning4j;

/**
 * The made-up text of the benchmarks, token for token: windows of [B, T], a target being the token
 * behind its input.
 */
final class SyntheticText {
  private static final int WINDOWS = 64;

  private final int[] text;
  private final int batch;
  private final int window;
  private int next;

  SyntheticText(int vocabulary, int batch, int window) {
    this.batch = batch;
    this.window = window;
    text = new int[WINDOWS * batch * window + 1];
    long state = 1;
    for (int i = 0; i < text.length; i++) {
      state = (state * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFFL;
      text[i] = (int) Math.pow(vocabulary + 1.0, state / 0x1p32) - 1;
    }
  }

  /** Goes to the next window; the first one follows the last. */
  void advance() {
    next = (next + 1) % WINDOWS;
  }

  float[][] inputs() {
    return tokens(0);
  }

  float[][] targets() {
    return tokens(1);
  }

  private float[][] tokens(int ahead) {
    float[][] tokens = new float[batch][window];
    int from = next * batch * window + ahead;
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < window; t++) {
        tokens[b][t] = text[from + b * window + t];
      }
    }
    return tokens;
  }
}
