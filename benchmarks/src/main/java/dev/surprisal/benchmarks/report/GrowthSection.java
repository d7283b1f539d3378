package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/** The table of how time and memory grow in a size, and the exponents. */
final class GrowthSection {
  private static final String TOO_FEW =
      "an exponent is fitted to " + PowerLaw.FEWEST + " points or more";

  private final Growth growth;
  private final Notes notes = new Notes();

  GrowthSection(Growth growth) {
    this.growth = growth;
  }

  String text() {
    List<String> heads = new ArrayList<>(List.of(growth.size()));
    for (String who : growth.contestants()) {
      heads.add(name(who));
      if (hasMemory(who)) {
        heads.add(name(who) + ", memory");
      }
    }
    Table table = new Table(heads);
    growth.rows().forEach(row -> table.add(cells(row)));
    table.add(exponents("exponent", PowerLaw::toString));
    table.add(exponents("between the last two", law -> Units.ratio(law.last())));
    return "Other sizes: " + growth.others() + ".\n\n" + table + notes.paragraph();
  }

  private static String name(String who) {
    return who.equals(Contestant.OURS) ? "Surprisal" : who;
  }

  private boolean hasMemory(String who) {
    return !growth.memory(who).isEmpty();
  }

  private List<String> cells(Row row) {
    Figures figures = new Figures(row);
    List<String> cells = new ArrayList<>();
    cells.add(Long.toString(row.which().size(growth.size())));
    for (String who : growth.contestants()) {
      OptionalDouble time = figures.time(who);
      cells.add(time.isPresent() ? Units.time(time.getAsDouble()) : none(figures, who));
      if (hasMemory(who)) {
        OptionalLong bytes = figures.memory(who);
        cells.add(bytes.isPresent() ? Units.mebibytes(bytes.getAsLong()) : none(figures, who));
      }
    }
    return cells;
  }

  private String none(Figures figures, String who) {
    return notes.none(who + ": " + figures.whyNot(who));
  }

  private List<String> exponents(String head, Function<PowerLaw, String> what) {
    List<String> cells = new ArrayList<>(List.of(head));
    for (String who : growth.contestants()) {
      cells.add(exponent(growth.times(who), what));
      if (hasMemory(who)) {
        cells.add(exponent(growth.memory(who), what));
      }
    }
    return cells;
  }

  private String exponent(List<PowerLaw.Point> points, Function<PowerLaw, String> what) {
    return Growth.law(points).map(what).orElseGet(() -> notes.none(TOO_FEW));
  }
}
