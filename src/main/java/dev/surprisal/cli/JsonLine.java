package dev.surprisal.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON for standard output: an object's {@code toString()} is one line. */
final class JsonLine {
  private JsonLine() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Returns the value, or null for NaN and infinity, which JSON lacks. */
  static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
