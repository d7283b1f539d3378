package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Ceilings;
import dev.surprisal.benchmarks.measure.Row;
import java.util.Map;
import java.util.Optional;

/**
 * The ceiling that limits a case, and the share of it that a time reaches.
 *
 * @param unit of the work: {@code B} or {@code FLOP}
 * @param ceiling by name, as in {@code copy}
 * @param work the least that any implementation does
 * @param rate of that work in a second, in the time taken
 * @param most the device's rate at best; NaN if it was not measured
 */
record Bound(String unit, String ceiling, double work, double rate, double most) {
  /**
   * Of the bytes and the operations of a row, those that come nearer to their ceiling.
   *
   * @param row with its work
   * @param microseconds taken
   * @param ceilings of the device, or null
   * @return empty where the time follows from neither
   */
  static Optional<Bound> of(Row row, double microseconds, Ceilings ceilings) {
    String type = row.which().type();
    Double copy = ceilings == null ? null : ceilings.copyBytesPerSecond();
    Map<String, Double> products = ceilings == null ? null : ceilings.productFlopsPerSecond();
    Double product = products == null ? null : products.get(type);
    Optional<Bound> bytes = of("B", "copy", row.bytes(), microseconds, copy);
    Optional<Bound> flops = of("FLOP", type + " product", row.flops(), microseconds, product);
    if (bytes.isEmpty() || flops.isEmpty()) {
      return bytes.or(() -> flops);
    }
    boolean byFlops =
        !bytes.get().isMeasured()
            || flops.get().isMeasured() && flops.get().share() > bytes.get().share();
    return byFlops ? flops : bytes;
  }

  private static Optional<Bound> of(
      String unit, String ceiling, double work, double microseconds, Double most) {
    return work == 0
        ? Optional.empty()
        : Optional.of(
            new Bound(
                unit,
                ceiling,
                work,
                work / (microseconds / 1e6),
                most == null ? Double.NaN : most));
  }

  /** Whether the ceiling is known. */
  boolean isMeasured() {
    return !Double.isNaN(most);
  }

  double share() {
    return rate / most;
  }
}
