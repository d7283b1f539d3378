package dev.surprisal.text;

/** Formats tokens for messages. */
final class Printable {
  private static final int LONGEST = 40;

  private Printable() {}

  /**
   * Returns a token in quotes, shortened if it is long. A single character gets its U+XXXX, without
   * the character if it has no glyph.
   */
  static String of(String token) {
    if (token.isEmpty() || token.codePointCount(0, token.length()) > 1) {
      return token.length() <= LONGEST
          ? '"' + token + '"'
          : '"' + token.substring(0, LONGEST) + "…\"";
    }
    int codePoint = token.codePointAt(0);
    String number = String.format("U+%04X", codePoint);
    return hasGlyph(codePoint) ? "'" + token + "' (" + number + ")" : number;
  }

  private static boolean hasGlyph(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR,
          Character.NON_SPACING_MARK ->
          false;
      default -> true;
    };
  }
}
