package dev.surprisal.cli;

import java.util.Locale;

/** Text for people, the same in every locale. */
final class Text {
  private Text() {}

  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
