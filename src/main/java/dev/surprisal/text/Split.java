package dev.surprisal.text;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The parts of a text as fractions of its tokens: training, then validation, then test.
 *
 * @param train the fraction to train on, above 0
 * @param valid the fraction to validate on
 * @param test the fraction to test on
 */
public record Split(double train, double valid, double test) {
  private static final double TOLERANCE = 1e-9;

  /**
   * Checks the fractions.
   *
   * @param train the fraction to train on, above 0
   * @param valid the fraction to validate on
   * @param test the fraction to test on
   * @throws IllegalArgumentException if one is not in [0, 1], {@code train} is 0, or their sum is
   *     not 1 (to 1e-9)
   */
  public Split {
    checkFraction("training", train);
    checkFraction("validation", valid);
    checkFraction("test", test);
    if (train == 0) {
      throw new IllegalArgumentException("the training fraction is 0: nothing to train on");
    }
    double sum = train + valid + test;
    if (Math.abs(sum - 1) > TOLERANCE) {
      throw new IllegalArgumentException(
          "the fractions of a split must sum to 1, found "
              + train
              + " + "
              + valid
              + " + "
              + test
              + " = "
              + (float) sum);
    }
  }

  private static void checkFraction(String part, double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "the " + part + " fraction must be from 0 to 1, found " + fraction);
    }
  }

  /**
   * Parses the command-line form of a split.
   *
   * @param fractions training, validation and, if there is a third number, test: {@code 0.9,0.1} or
   *     {@code 0.8,0.1,0.1}
   * @return the split
   * @throws IllegalArgumentException if there are not two or three numbers, or they are not a split
   */
  public static Split parse(String fractions) {
    String[] parts = fractions.split(",", -1);
    if (parts.length != 2 && parts.length != 3) {
      throw notASplit(fractions);
    }
    double[] numbers = new double[3];
    for (int i = 0; i < parts.length; i++) {
      try {
        numbers[i] = Double.parseDouble(parts[i]);
      } catch (NumberFormatException e) {
        throw notASplit(fractions);
      }
    }
    return new Split(numbers[0], numbers[1], numbers[2]);
  }

  private static IllegalArgumentException notASplit(String fractions) {
    return new IllegalArgumentException(
        "\"" + fractions + "\" is not a split: expected two or three fractions such as 0.9,0.1,0");
  }

  /** Returns how many of {@code total} tokens are for training. */
  long trainEnd(long total) {
    return valid == 0 && test == 0 ? total : part(BigDecimal.valueOf(train), total);
  }

  /** Returns how many of {@code total} tokens are for training or validation. */
  long validEnd(long total) {
    return test == 0
        ? total
        : part(BigDecimal.valueOf(train).add(BigDecimal.valueOf(valid)), total);
  }

  // Decimal: 0.29 of 100 tokens are 29, in binary floating point 28.
  private static long part(BigDecimal fraction, long total) {
    long part =
        fraction.multiply(BigDecimal.valueOf(total)).setScale(0, RoundingMode.FLOOR).longValue();
    return Math.min(part, total);
  }
}
