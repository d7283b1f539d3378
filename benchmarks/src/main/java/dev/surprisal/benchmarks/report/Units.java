package dev.surprisal.benchmarks.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Figures as pages show them: three digits that count, and the unit that keeps them short. */
final class Units {
  /** Stands where there is no figure. */
  static final String NONE = "—";

  private static final MathContext DIGITS = new MathContext(3);
  private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};

  private Units() {}

  /** As in {@code 12.3 ms}. */
  static String time(double microseconds) {
    if (microseconds < 0.1) {
      return digits(microseconds * 1e3) + " ns";
    }
    if (microseconds < 1e3) {
      return digits(microseconds) + " µs";
    }
    return microseconds < 1e6
        ? digits(microseconds / 1e3) + " ms"
        : digits(microseconds / 1e6) + " s";
  }

  /** As in {@code 268 MB}, for an amount or a rate of a unit that takes prefixes. */
  static String amount(double value, String unit) {
    int prefix = 0;
    double scaled = value;
    for (; scaled >= 1000 && prefix < PREFIXES.length - 1; prefix++) {
      scaled /= 1000;
    }
    return digits(scaled) + " " + PREFIXES[prefix] + unit;
  }

  /** Memory, as in {@code 64.0 MiB}. */
  static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20);
  }

  static String ratio(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, share < 0.1 ? "%.1f%%" : "%.0f%%", 100 * share);
  }

  private static String digits(double value) {
    BigDecimal rounded = new BigDecimal(value).round(DIGITS);
    int beforePoint = rounded.precision() - rounded.scale();
    return rounded.setScale(Math.max(0, DIGITS.getPrecision() - beforePoint)).toPlainString();
  }
}
