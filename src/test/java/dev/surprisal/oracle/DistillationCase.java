package dev.surprisal.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import java.util.List;
import java.util.Locale;

/**
 * A case of distillation.safetensors.
 *
 * @param name what it covers, as V33.kl.T2.5.w0.75.mean
 * @param rows student's logits; a mean's divisor is the number of rows that count
 * @param mean whether the loss is their mean
 * @param divergence between the teacher and the student
 * @param loss PyTorch's, [rows] or [1]
 * @param gradient PyTorch's, of the student's logits, [rows, V]
 */
public record DistillationCase(
    String name,
    Rows rows,
    boolean mean,
    DivergenceOracle divergence,
    double[] loss,
    double[] gradient) {

  /**
   * All cases of the file, for a {@code @MethodSource}.
   *
   * @return the cases
   */
  public static List<DistillationCase> all() {
    Golden golden = Golden.read("distillation.safetensors");
    return golden.cases().entrySet().stream()
        .map(entry -> of(entry.getKey(), entry.getValue(), golden))
        .toList();
  }

  private static DistillationCase of(String name, JsonNode of, Golden golden) {
    String group = of.get("group").asText();
    double weight = of.get("weight").asDouble();
    Targets targets = new Targets(golden.ints(group + ".targets"), of.get("ignore_index").asInt());
    Rows rows = Rows.of(golden.doubles(group + ".logits"), golden.shape(group + ".logits")[1]);
    boolean mean = of.get("reduction").asText().equals("mean");
    return new DistillationCase(
        name,
        mean
            ? rows.arriving(null, weight == 1 ? rows.count() : targets.count())
            : rows.arriving(golden.doubles(group + ".upstream"), 1),
        mean,
        new DivergenceOracle(
            golden.doubles(group + ".teacher"),
            weight == 1 ? null : targets,
            DivergenceOracle.Kind.valueOf(of.get("kind").asText().toUpperCase(Locale.ROOT)),
            of.get("beta").asDouble(),
            of.get("temperature").asDouble(),
            weight),
        golden.doubles(name + ".loss"),
        golden.doubles(name + ".gradient"));
  }

  @Override
  public String toString() {
    return name;
  }
}
