package dev.surprisal.benchmarks.report;

import java.util.List;

/** A table in Markdown whose first column is text and whose others are figures. */
final class Table {
  private final StringBuilder text = new StringBuilder();
  private final int columns;

  Table(List<String> heads) {
    columns = heads.size();
    add(heads);
    text.append("|---|").append("--:|".repeat(columns - 1)).append('\n');
  }

  void add(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(columns + " cells make a row, found " + cells);
    }
    for (String cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|").replace('\n', ' ')).append(' ');
    }
    text.append("|\n");
  }

  @Override
  public String toString() {
    return text.append('\n').toString();
  }
}
