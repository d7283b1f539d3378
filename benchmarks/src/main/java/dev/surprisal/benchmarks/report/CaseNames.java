package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Row;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Short names for the cases of a group: what they all share is left out. */
final class CaseNames {
  private final boolean operations;
  private final boolean variants;
  private final boolean types;

  CaseNames(List<Row> rows) {
    operations = differ(rows, which -> which.operation().text());
    variants = differ(rows, which -> String.valueOf(which.variant()));
    types = differ(rows, Case::type);
  }

  private static boolean differ(List<Row> rows, Function<Case, String> what) {
    return rows.stream().map(Row::which).map(what).distinct().count() > 1;
  }

  /** As in {@code rnn forward, tanh, B=16 T=64 H=512, bfloat16}. */
  String of(Case which) {
    String name = sizes(which);
    if (variants && which.variant() != null) {
      name = which.variant() + ", " + name;
    }
    if (operations) {
      name = which.operation().text().replace('_', ' ') + ", " + name;
    }
    return types ? name + ", " + which.type() : name;
  }

  private static String sizes(Case which) {
    return which.shape().entrySet().stream()
        .map(size -> size.getKey() + "=" + size.getValue())
        .collect(Collectors.joining(" "));
  }
}
