package dev.surprisal.device;

import java.util.Locale;

/** The probe of a device behind a check of its arguments. */
public final class CheckedProbe implements Probe {
  private final Probe delegate;

  /**
   * Creates the checked probe of a device.
   *
   * @param probe does the work after the check
   */
  public CheckedProbe(Probe probe) {
    delegate = probe;
  }

  @Override
  public void spin(long nanoseconds) {
    requireWithin("spin", "nanoseconds", LONGEST_SPIN, nanoseconds);
    delegate.spin(nanoseconds);
  }

  @Override
  public void barriers(int count) {
    requireWithin("barriers", "barriers", MOST_BARRIERS, count);
    delegate.barriers(count);
  }

  private static void requireWithin(String operation, String unit, long most, long found) {
    if (found < 0 || found > most) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s: expected 0 to %,d %s, found %,d", operation, most, unit, found));
    }
  }
}
