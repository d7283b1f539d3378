package dev.surprisal.cli;

/**
 * A line of a text and its place.
 *
 * @param source the file's name
 * @param number from 1
 * @param text without the line feed
 */
record TextLine(String source, long number, String text) {
  /** The place of this line, for a message. */
  String where() {
    return source + ": line " + number;
  }
}
