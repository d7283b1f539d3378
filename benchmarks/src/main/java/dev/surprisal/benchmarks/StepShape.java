package dev.surprisal.benchmarks;

import java.util.Arrays;

/**
 * The sizes of a model and its batch.
 *
 * @param vocabulary V
 * @param embed E
 * @param hidden H
 * @param batch B
 * @param window T
 */
record StepShape(int vocabulary, int embed, int hidden, int batch, int window) {
  /** From {@code VxExHxBxT}; commas would separate values on JMH's command line. */
  static StepShape parse(String text) {
    if (!text.matches("[1-9]\\d*(x[1-9]\\d*){4}")) {
      throw new IllegalArgumentException(
          "a shape is VxExHxBxT, such as 100x50x50x32x35; found '" + text + "'");
    }
    int[] sizes = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
    return new StepShape(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
  }

  int rows() {
    return batch * window;
  }
}
