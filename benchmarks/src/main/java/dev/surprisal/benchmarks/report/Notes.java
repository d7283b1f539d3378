package dev.surprisal.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** The reasons for missing figures in a table, each listed once. */
final class Notes {
  private final List<String> reasons = new ArrayList<>();

  /** What stands in a cell that has no figure. */
  String none(String reason) {
    if (!reasons.contains(reason)) {
      reasons.add(reason);
    }
    return Units.NONE + " (" + (reasons.indexOf(reason) + 1) + ")";
  }

  /** A paragraph for below the table; empty if no cell lacks its figure. */
  String paragraph() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < reasons.size(); i++) {
      text.append(i == 0 ? "" : "; ").append("(").append(i + 1).append(") ").append(reasons.get(i));
    }
    return text.isEmpty() ? "" : text.append(".\n\n").toString();
  }
}
