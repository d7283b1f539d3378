package dev.surprisal.cli;

import dev.surprisal.train.LossKind;
import dev.surprisal.train.LossOption;
import java.util.ArrayList;
import java.util.List;

/** The list of losses in the help of train. */
final class LossHelp {
  private LossHelp() {}

  static String[] lines() {
    List<String> lines = new ArrayList<>();
    lines.add("%nLosses:");
    for (LossKind kind : LossKind.all()) {
      lines.add("");
      lines.add("  " + kind.name() + ": " + escaped(kind.summary()) + teacher(kind));
      for (LossOption option : kind.options()) {
        lines.add(
            Text.format(
                "    %-12s %s (default: %s)",
                option.name(), escaped(option.description()), option.standard()));
      }
    }
    return lines.toArray(String[]::new);
  }

  private static String teacher(LossKind kind) {
    return kind.hasTeacher() ? "; learns from --teacher" : "";
  }

  /** Escapes text, because picocli takes these lines as formats. */
  private static String escaped(String text) {
    return text.replace("%", "%%");
  }
}
