package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
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
public record StepShape(int vocabulary, int embed, int hidden, int batch, int window) {
  /** From {@code VxExHxBxT}; commas would separate values on JMH's command line. */
  public static StepShape parse(String text) {
    if (!text.matches("[1-9]\\d*(x[1-9]\\d*){4}")) {
      throw new IllegalArgumentException(
          "a shape is VxExHxBxT, such as 100x50x50x32x35; found '" + text + "'");
    }
    int[] sizes = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
    return new StepShape(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
  }

  static StepShape of(Case step) {
    return new StepShape(
        step.intSize("V"),
        step.intSize("E"),
        step.intSize("H"),
        step.intSize("B"),
        step.intSize("T"));
  }

  /** N, tokens. */
  public int rows() {
    return batch * window;
  }
}
