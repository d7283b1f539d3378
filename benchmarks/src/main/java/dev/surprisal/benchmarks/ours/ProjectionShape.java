package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import java.util.Arrays;

/**
 * The sizes of a projection and of the batch that goes through it.
 *
 * @param rows N, tokens
 * @param hidden H
 * @param vocabulary V
 */
public record ProjectionShape(int rows, int hidden, int vocabulary) {
  /** From {@code NxHxV}. */
  public static ProjectionShape parse(String text) {
    if (!text.matches("[1-9]\\d*(x[1-9]\\d*){2}")) {
      throw new IllegalArgumentException(
          "the shape of a projection is NxHxV, such as 700x200x33278; found '" + text + "'");
    }
    int[] sizes = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
    return new ProjectionShape(sizes[0], sizes[1], sizes[2]);
  }

  static ProjectionShape of(Case projection) {
    return new ProjectionShape(
        projection.intSize("N"), projection.intSize("H"), projection.intSize("V"));
  }
}
