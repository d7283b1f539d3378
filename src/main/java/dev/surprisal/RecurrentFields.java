package dev.surprisal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.device.Cell;
import dev.surprisal.nn.RecurrentConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model's recurrent layers in config.json: {@code "hidden"}; {@code "cell"} if it is not tanh,
 * {@code "layers"} if there are several, {@code "dropout"} if training drops between them.
 */
final class RecurrentFields {
  private static final String HIDDEN = "hidden";
  private static final String CELL = "cell";
  private static final String LAYERS = "layers";
  private static final String DROPOUT = "dropout";

  private RecurrentFields() {}

  static Map<String, Object> of(RecurrentConfig recurrent) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(HIDDEN, recurrent.hidden());
    if (recurrent.cell() != Cell.TANH) {
      fields.put(CELL, recurrent.cell().spelling());
    }
    if (recurrent.layers() > 1) {
      fields.put(LAYERS, recurrent.layers());
    }
    if (recurrent.dropout() > 0) {
      fields.put(DROPOUT, recurrent.dropout());
    }
    return fields;
  }

  /** Throws IllegalArgumentException if a field is missing, of another type or out of range. */
  static RecurrentConfig read(JsonNode config) {
    int layers = config.has(LAYERS) ? integer(config, LAYERS) : 1;
    Cell cell = config.has(CELL) ? Cell.parse(config.get(CELL).asText()) : Cell.TANH;
    return new RecurrentConfig(cell, integer(config, HIDDEN), layers, dropout(config));
  }

  private static float dropout(JsonNode config) {
    JsonNode value = config.get(DROPOUT);
    if (value != null && !value.isNumber()) {
      throw new IllegalArgumentException("expected a number \"" + DROPOUT + "\", found " + value);
    }
    return value == null ? 0 : value.floatValue();
  }

  private static int integer(JsonNode config, String field) {
    JsonNode value = config.get(field);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new IllegalArgumentException("expected an integer \"" + field + "\", found " + value);
    }
    return value.intValue();
  }
}
