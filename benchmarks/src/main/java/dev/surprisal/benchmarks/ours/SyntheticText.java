package dev.surprisal.benchmarks.ours;

import java.util.Arrays;

/**
 * Windows of a made-up text in which token k has a probability of about 1/k, as in language. The
 * text is a function of its sizes alone; peers/synthetic_text.py makes the same.
 */
public final class SyntheticText {
  /** Enough that a model cannot learn them by heart while it is measured. */
  private static final int WINDOWS = 64;

  private final int[][] inputs;
  private final int[][] targets;
  private int next;

  /** A text of 64 windows. */
  public SyntheticText(int vocabulary, int rows) {
    this(vocabulary, rows, WINDOWS);
  }

  /** A text of any number of windows, 1 or more. */
  SyntheticText(int vocabulary, int rows, int windows) {
    inputs = new int[windows][];
    targets = new int[windows][];
    int[] text = new int[windows * rows + 1];
    long state = 1;
    for (int i = 0; i < text.length; i++) {
      state = (state * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFFL;
      text[i] = (int) Math.pow(vocabulary + 1.0, state / 0x1p32) - 1;
    }
    for (int i = 0; i < windows; i++) {
      inputs[i] = Arrays.copyOfRange(text, i * rows, (i + 1) * rows);
      targets[i] = Arrays.copyOfRange(text, i * rows + 1, (i + 1) * rows + 1);
    }
  }

  /** Goes to the next window; the first one follows the last. */
  public void advance() {
    next = (next + 1) % inputs.length;
  }

  /** The tokens of the window. */
  public int[] inputs() {
    return inputs[next];
  }

  /** What follows each of them. */
  public int[] targets() {
    return targets[next];
  }
}
