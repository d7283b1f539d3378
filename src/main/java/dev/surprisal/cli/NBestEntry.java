package dev.surprisal.cli;

import java.io.IOException;

/**
 * A line of an n-best list: {@code id ||| hypothesis ||| score}, or with the features of Moses
 * before the score: {@code id ||| hypothesis ||| features ||| score}.
 *
 * @param id of the list that this hypothesis belongs to
 * @param hypothesis the text and its place in the file
 * @param score higher is better
 * @param prefix the original line, up to the score
 */
record NBestEntry(String id, TextLine hypothesis, double score, String prefix) {
  private static final String SEPARATOR = "|||";

  /** Parses a line. */
  static NBestEntry parse(TextLine line) throws IOException {
    String text = line.text();
    String[] fields = text.split("\\|\\|\\|", -1);
    if (fields.length != 3 && fields.length != 4) {
      throw refused(line, fields.length + " fields");
    }
    String last = fields[fields.length - 1].strip();
    try {
      double score = Double.parseDouble(last);
      if (Double.isFinite(score)) {
        int end = text.lastIndexOf(SEPARATOR) + SEPARATOR.length();
        return new NBestEntry(
            fields[0].strip(),
            new TextLine(line.source(), line.number(), fields[1].strip()),
            score,
            text.substring(0, end));
      }
    } catch (NumberFormatException e) {
      // Rejected below, like a number that is not finite.
    }
    throw refused(line, "\"" + last + "\" for the score");
  }

  /** Returns the line with another score. */
  String withScore(double newScore) {
    return prefix + " " + newScore;
  }

  private static IOException refused(TextLine line, String found) {
    return new IOException(
        line.where() + ": expected id ||| hypothesis ||| score, a finite number, found " + found);
  }
}
