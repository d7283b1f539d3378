package dev.surprisal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.nn.HeadConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last layer of a model in config.json: {@code "head"}, absent for a projection. */
final class HeadFields {
  private static final String HEAD = "head";
  private static final String KIND = "kind";
  private static final String TIED = "tied";
  private static final String ADAPTIVE = "adaptive-softmax";
  private static final String CUTOFFS = "cutoffs";
  private static final String DIV = "div";
  private static final String BIAS = "bias";

  private HeadFields() {}

  static Map<String, Object> of(HeadConfig head) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (head instanceof HeadConfig.Tied) {
      fields.put(KIND, TIED);
    } else if (head instanceof HeadConfig.Adaptive adaptive) {
      fields.put(KIND, ADAPTIVE);
      fields.put(CUTOFFS, adaptive.cutoffs());
      fields.put(DIV, adaptive.divValue());
      fields.put(BIAS, adaptive.headBias());
    }
    return fields.isEmpty() ? Map.of() : Map.of(HEAD, fields);
  }

  /** Reads the last layer. Throws IllegalArgumentException if the field describes none. */
  static HeadConfig read(JsonNode config) {
    JsonNode head = config.get(HEAD);
    if (head == null) {
      return HeadConfig.PROJECTION;
    }
    String kind = head.path(KIND).asText();
    if (kind.equals(TIED)) {
      return HeadConfig.TIED;
    }
    if (!kind.equals(ADAPTIVE)) {
      throw new IllegalArgumentException(
          "expected the \"kind\" of a \"head\" to be "
              + TIED
              + " or "
              + ADAPTIVE
              + ", found "
              + head);
    }
    List<Integer> cutoffs = new ArrayList<>();
    for (JsonNode cutoff : head.path(CUTOFFS)) {
      if (!cutoff.isInt()) {
        throw new IllegalArgumentException("expected integers as cutoffs, found " + cutoff);
      }
      cutoffs.add(cutoff.intValue());
    }
    if (!head.path(DIV).isNumber() || !head.path(BIAS).isBoolean()) {
      throw new IllegalArgumentException(
          "expected a number \"div\" and a boolean \"bias\", found " + head);
    }
    return new HeadConfig.Adaptive(cutoffs, head.get(DIV).asDouble(), head.get(BIAS).asBoolean());
  }
}
