package dev.surprisal.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A generated part of a page: the text between {@code <!-- name -->} and {@code <!-- /name -->}.
 */
final class Marked {
  private Marked() {}

  /** Puts a text in the place of what is there. */
  static void replace(Path page, String name, String text) throws IOException {
    String begin = "<!-- " + name + " -->\n";
    String end = "<!-- /" + name + " -->";
    String whole = Files.readString(page);
    int from = whole.indexOf(begin);
    int to = whole.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          page + " has no " + begin.strip() + " with " + end + " behind it, to write between");
    }
    String before = whole.substring(0, from + begin.length());
    Files.writeString(page, before + "\n" + text.strip() + "\n\n" + whole.substring(to));
  }
}
