package dev.surprisal.benchmarks.measure;

import java.util.Arrays;

/** Times of samples, in microseconds, and their quartiles. */
public final class Samples {
  private final double[] sorted;

  /** Of one sample or more. */
  public Samples(double... times) {
    if (times.length == 0) {
      throw new IllegalArgumentException("expected one sample or more, found none");
    }
    sorted = times.clone();
    Arrays.sort(sorted);
  }

  /** How many. */
  public int count() {
    return sorted.length;
  }

  /** Half of them took no longer. */
  public double median() {
    return quantile(0.5);
  }

  /** The value that a share of the samples does not exceed, interpolated between two of them. */
  public double quantile(double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** The turn that samples of so many runs each make. */
  Answer.Turn turn(int runs) {
    return new Answer.Turn(
        median() / runs, quantile(0.25) / runs, quantile(0.75) / runs, count(), runs, null);
  }
}
