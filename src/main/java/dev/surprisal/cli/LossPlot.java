package dev.surprisal.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A loss curve in characters, for a terminal. */
final class LossPlot {
  private static final int COLUMNS = 60;
  private static final int ROWS = 12;

  private LossPlot() {}

  /**
   * Draws the losses of all steps. Each column is the mean of its steps.
   *
   * @param losses finite numbers, at least one
   * @return the lines of the plot
   */
  static String draw(double[] losses) {
    double[] columns = means(losses, Math.min(COLUMNS, losses.length));
    double top = DoubleStream.of(columns).max().orElseThrow();
    double bottom = DoubleStream.of(columns).min().orElseThrow();
    char[][] grid = new char[ROWS][columns.length];
    for (char[] row : grid) {
      Arrays.fill(row, ' ');
    }
    for (int x = 0; x < columns.length; x++) {
      double height = top == bottom ? 0 : (columns[x] - bottom) / (top - bottom);
      grid[ROWS - 1 - (int) Math.round(height * (ROWS - 1))][x] = '*';
    }
    StringBuilder plot = new StringBuilder();
    for (int y = 0; y < ROWS; y++) {
      double value = top - (top - bottom) * y / (ROWS - 1);
      String row = new String(grid[y]).stripTrailing();
      plot.append(String.format(Locale.ROOT, "%6.2f |%s%n", value, row));
    }
    String steps = "step " + losses.length;
    plot.append("       +").append("-".repeat(columns.length)).append(System.lineSeparator());
    plot.append("        ")
        .append(String.format("%" + COLUMNS + "s", steps))
        .append(System.lineSeparator());
    return plot.toString();
  }

  private static double[] means(double[] values, int count) {
    double[] means = new double[count];
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) values.length * i / count);
      int to = (int) ((long) values.length * (i + 1) / count);
      means[i] = Arrays.stream(values, from, to).average().orElseThrow();
    }
    return means;
  }
}
