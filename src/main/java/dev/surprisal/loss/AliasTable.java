package dev.surprisal.loss;

/**
 * A table for drawing a class of a distribution in constant time (Walker 1977), built in linear
 * time (Vose 1991): each of V equally likely columns holds a class up to its threshold and an alias
 * above.
 *
 * @param thresholds in [0, 1]
 * @param aliases in [0, V)
 */
record AliasTable(float[] thresholds, int[] aliases) {
  /** Builds the table of probabilities that sum to 1. */
  static AliasTable of(double[] probabilities) {
    int classes = probabilities.length;
    double[] filled = new double[classes];
    float[] thresholds = new float[classes];
    int[] aliases = new int[classes];
    // Columns with space left grow from the left, overfull columns from the right.
    int[] waiting = new int[classes];
    int small = 0;
    int large = classes;
    for (int v = 0; v < classes; v++) {
      filled[v] = probabilities[v] * classes;
      waiting[filled[v] < 1 ? small++ : --large] = v;
    }
    while (small > 0 && large < classes) {
      int less = waiting[--small];
      int more = waiting[large];
      thresholds[less] = (float) filled[less];
      aliases[less] = more;
      // Add first: 1 - filled[less] would lose more digits.
      filled[more] = filled[more] + filled[less] - 1;
      if (filled[more] < 1) {
        large++;
        waiting[small++] = more;
      }
    }
    // Except for rounding, these are exactly full.
    while (small > 0) {
      fill(waiting[--small], thresholds, aliases);
    }
    while (large < classes) {
      fill(waiting[large++], thresholds, aliases);
    }
    return new AliasTable(thresholds, aliases);
  }

  private static void fill(int column, float[] thresholds, int[] aliases) {
    thresholds[column] = 1;
    aliases[column] = column;
  }
}
