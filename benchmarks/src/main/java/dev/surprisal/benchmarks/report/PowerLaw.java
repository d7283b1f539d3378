package dev.surprisal.benchmarks.report;

import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * How a cost grows with a size: cost ~ size^exponent.
 *
 * @param exponent the slope of the least-squares line through the logarithms of all points
 * @param standardError of the exponent
 * @param last the exponent between the two largest sizes alone, where what does not grow counts
 *     least
 */
record PowerLaw(double exponent, double standardError, double last) {
  /** The fewest points from which an error can be told. */
  static final int FEWEST = 3;

  /** A measured point; size and cost are more than 0. */
  record Point(double size, double cost) {}

  /**
   * Fits points of falling or rising sizes, no two the same.
   *
   * @param points {@link #FEWEST} or more
   */
  static PowerLaw fit(List<Point> points) {
    if (points.size() < FEWEST
        || points.stream().mapToDouble(Point::size).distinct().count() < points.size()) {
      throw new IllegalArgumentException(
          "a power law is fitted to "
              + FEWEST
              + " points or more of different sizes, found "
              + points);
    }
    SimpleRegression line = new SimpleRegression();
    points.forEach(point -> line.addData(Math.log(point.size), Math.log(point.cost)));
    List<Point> rising = points.stream().sorted((a, b) -> Double.compare(a.size, b.size)).toList();
    Point largest = rising.get(rising.size() - 1);
    Point before = rising.get(rising.size() - 2);
    double last = Math.log(largest.cost / before.cost) / Math.log(largest.size / before.size);
    return new PowerLaw(line.getSlope(), line.getSlopeStdErr(), last);
  }

  /** As in {@code 0.93 ± 0.02}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f ± %.2f", exponent, standardError);
  }
}
