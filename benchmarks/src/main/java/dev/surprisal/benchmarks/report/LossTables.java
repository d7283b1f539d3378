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
 * What docs/losses.md says of cost: the fused projection beside its peers, and the losses beside
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
        text.append(" (`benchmarks/run`). Times are medians of turns.\n\n");
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
        : "The projection with its cross-entropy and the gradients of hidden states and weight,"
            + " beside others';\nbehind a peer's time stands that time over ours, above 1 where"
            + " ours is faster:\n\n"
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
    Table table = new Table(List.of("Loss", "Step", "× cross-entropy", "Tensors at the most"));
    rows.forEach(row -> table.add(cells(row, reference, notes)));
    return "Each loss, fused, at N="
        + n
        + ", H="
        + h
        + ", V="
        + v
        + ", "
        + first.type()
        + ": value and gradients. Of the tensors\n"
        + Units.mebibytes(2 * FLOAT * (h * v + v + n * h))
        + " are the projection's parameters, hidden states, and the gradients of both; a teacher"
        + " has\n"
        + "the student's sizes and gives hidden states.\n\n"
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
