package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Short names for the cases of a group, without the parts that all of them share. */
final class CaseNames {
  private final boolean operations;
  private final boolean variants;
  private final boolean types;
  private final Set<String> sizes;

  CaseNames(List<Row> rows) {
    operations = differ(rows, which -> which.operation().text());
    variants = differ(rows, which -> String.valueOf(which.variant()));
    types = differ(rows, Case::type);
    sizes =
        rows.stream()
            .flatMap(row -> row.which().shape().keySet().stream())
            .filter(size -> differ(rows, which -> String.valueOf(which.shape().get(size))))
            .collect(Collectors.toSet());
  }

  private static boolean differ(List<Row> rows, Function<Case, String> what) {
    return rows.stream().map(Row::which).map(what).distinct().count() > 1;
  }

  /** As in {@code rnn forward, tanh, B=16 T=64 H=512, bfloat16}. */
  String of(Case which) {
    return name(which, which.shape().keySet());
  }

  /** The same without the sizes that all cases have in common, where there is little room. */
  String chartLabel(Case which) {
    return name(which, sizes.isEmpty() ? which.shape().keySet() : sizes);
  }

  private String name(Case which, Set<String> named) {
    List<String> parts = new ArrayList<>();
    if (operations) {
      parts.add(which.operation().text().replace('_', ' '));
    }
    if (variants && which.variant() != null) {
      parts.add(which.variant());
    }
    parts.add(
        which.shape().entrySet().stream()
            .filter(size -> named.contains(size.getKey()))
            .map(size -> size.getKey() + "=" + size.getValue())
            .collect(Collectors.joining(" ")));
    if (types) {
      parts.add(which.type());
    }
    return String.join(", ", parts);
  }
}
