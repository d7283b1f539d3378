package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Renders the costs in docs/losses.md: the fused projection beside its peers, and the losses beside
 * each other.
 */
final class LossTables {
  static final String GROUP = "losses";
  private static final String PROJECTIONS = "projection and loss";
  private static final String REFERENCE = "cross-entropy";
  private static final long FLOAT = 4;

  private LossTables() {}

  /** Empty if no losses were measured. */
  static String text(List<DeviceResults> devices) {
    StringBuilder text = new StringBuilder();
    for (DeviceResults device : devices) {
      if (!device.group(GROUP).isEmpty()) {
        text.append("On ").append(device.device()).append(", ").append(device.day());
        text.append(", with `benchmarks/run`. Times are medians over turns.\n\n");
        text.append(projections(device));
        byShape(device.group(GROUP)).forEach(rows -> text.append(losses(rows)));
      }
    }
    return text.toString();
  }

  private static String projections(DeviceResults device) {
    List<Row> rows =
        device.group(PROJECTIONS).stream()
            .filter(row -> row.which().operation() == Operation.PROJECTED_CROSS_ENTROPY)
            .toList();
    return rows.isEmpty()
        ? ""
        : "The projection with its cross-entropy and the gradients of hidden states and weight."
            + " A peer's time is\nfollowed by its ratio to ours (above 1: Surprisal is faster):\n\n"
            + new GroupSection(rows, device.results().ceilings()).text();
  }

  private static List<List<Row>> byShape(List<Row> rows) {
    Map<String, List<Row>> shapes = new LinkedHashMap<>();
    for (Row row : rows) {
      Case which = row.which();
      shapes.computeIfAbsent(which.shape() + which.type(), shape -> new ArrayList<>()).add(row);
    }
    return List.copyOf(shapes.values());
  }

  private static String losses(List<Row> rows) {
    Case first = rows.get(0).which();
    long n = first.size("N");
    long h = first.size("H");
    long v = first.size("V");
    Optional<Row> reference =
        rows.stream().filter(row -> REFERENCE.equals(row.which().variant())).findFirst();
    Notes notes = new Notes();
    Table table = new Table(List.of("Loss", "Step", "× cross-entropy", "Peak memory of tensors"));
    rows.forEach(row -> table.add(cells(row, reference, notes)));
    return "Each loss, fused, at N="
        + n
        + ", H="
        + h
        + ", V="
        + v
        + ", "
        + first.type()
        + ": value and gradients. The\n"
        + "tensors include "
        + Units.mebibytes(2 * FLOAT * (h * v + v + n * h))
        + " of projection parameters, hidden states, and the gradients of both. A\n"
        + "teacher has the sizes of the student and provides hidden states.\n\n"
        + table
        + notes.paragraph();
  }

  private static List<String> cells(Row row, Optional<Row> reference, Notes notes) {
    Figures figures = new Figures(row);
    String name = "`" + row.which().variant() + "`";
    OptionalDouble time = figures.time(Contestant.OURS);
    if (time.isEmpty()) {
      String none = notes.none(figures.whyNot(Contestant.OURS));
      return List.of(name, none, none, none);
    }
    OptionalDouble unit =
        reference
            .map(found -> new Figures(found).time(Contestant.OURS))
            .orElseGet(OptionalDouble::empty);
    OptionalLong memory = figures.memory(Contestant.OURS);
    return List.of(
        name,
        Units.time(time.getAsDouble()),
        unit.isPresent()
            ? Units.ratio(time.getAsDouble() / unit.getAsDouble())
            : notes.none("the cross-entropy was not measured"),
        memory.isPresent()
            ? Units.mebibytes(memory.getAsLong())
            : notes.none("memory was not measured"));
  }
}
