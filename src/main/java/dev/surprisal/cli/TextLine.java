package dev.surprisal.cli;

/**
 * A line of a text, and where it stands.
 *
 * @param source the file's name
 * @param number from 1
 * @param text without the line feed
 */
record TextLine(String source, long number, String text) {
  /** Where this line stands, for a message. */
  String where() {
    return source + ": line " + number;
  }
}
