package dev.surprisal.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A figure that JMH wrote ({@code -rf json}).
 *
 * @param name class, method and parameters
 * @param microseconds of an operation
 * @param error half of JMH's interval of 99.9% around it, NaN for a single iteration
 * @param bytes that an operation allocates on the Java heap, NaN if it was not measured
 */
record JmhFigure(String name, double microseconds, double error, double bytes) {
  /** The file beside benchmarks.json. */
  static final String FILE = "jmh.json";

  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final Map<String, Double> MICROSECONDS =
      Map.of("ns/op", 1e-3, "us/op", 1.0, "ms/op", 1e3, "s/op", 1e6);

  /** Loads the figures of a folder; none if it has no such file. */
  static List<JmhFigure> load(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      List<JmhFigure> figures = new ArrayList<>();
      new ObjectMapper().readTree(file.toFile()).forEach(node -> figures.add(of(node)));
      return figures;
    } catch (IOException failure) {
      throw new UncheckedIOException("no figures of JMH can be read in " + file, failure);
    }
  }

  private static JmhFigure of(JsonNode node) {
    JsonNode metric = node.path("primaryMetric");
    Double unit = MICROSECONDS.get(metric.path("scoreUnit").asText());
    if (unit == null) {
      throw new IllegalArgumentException(
          "JMH's figures are times, in one of "
              + MICROSECONDS.keySet()
              + "; found "
              + metric.path("scoreUnit"));
    }
    return new JmhFigure(
        name(node),
        metric.path("score").asDouble(Double.NaN) * unit,
        number(metric.path("scoreError")) * unit,
        allocated(node.path("secondaryMetrics")));
  }

  private static String name(JsonNode node) {
    String[] parts = node.path("benchmark").asText().split("\\.");
    StringBuilder name = new StringBuilder(parts[parts.length - 2]);
    name.append('.').append(parts[parts.length - 1]);
    for (Map.Entry<String, JsonNode> parameter : node.path("params").properties()) {
      name.append(' ').append(parameter.getKey()).append('=').append(parameter.getValue().asText());
    }
    return name.toString();
  }

  /** JMH writes what is not a number as a string. */
  private static double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : Double.NaN;
  }

  /** Some versions put a dot before the names of what a profiler found. */
  private static double allocated(JsonNode metrics) {
    for (String prefix : List.of("", "\u00b7")) {
      JsonNode score = metrics.path(prefix + ALLOCATED).path("score");
      if (score.isNumber()) {
        return score.asDouble();
      }
    }
    return Double.NaN;
  }

  /** Renders the figures as a table. */
  static String table(List<JmhFigure> figures) {
    Table table = new Table(List.of("By JMH", "an operation", "± (99.9%)", "allocated"));
    for (JmhFigure figure : figures) {
      table.add(
          List.of(
              figure.name,
              Units.time(figure.microseconds),
              Double.isNaN(figure.error) ? Units.NONE : Units.time(figure.error),
              Double.isNaN(figure.bytes)
                  ? Units.NONE
                  : String.format(Locale.ROOT, "%.1f B", figure.bytes)));
    }
    return table.toString();
  }
}
