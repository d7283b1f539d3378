package dev.surprisal.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.oracle.CrossEntropyOracle.Options;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import java.util.List;
import java.util.Locale;

/**
 * A case of cross_entropy.safetensors. Exactly one of the two kinds of target is there, the other
 * is null.
 *
 * @param name what it covers, as V31.hard.mean.s0.1.weights
 * @param classes V
 * @param logits [rows, V]
 * @param targets hard targets, [rows], or null
 * @param probabilities soft targets, [rows, V], or null
 * @param options reduction, smoothing, weights, ignored target
 * @param upstream gradient of the loss, [rows] or [1]
 * @param loss PyTorch's, [rows] or [1]
 * @param gradient PyTorch's, of the logits, [rows, V]
 */
public record CrossEntropyCase(
    String name,
    int classes,
    double[] logits,
    int[] targets,
    double[] probabilities,
    Options options,
    double[] upstream,
    double[] loss,
    double[] gradient) {

  /**
   * All cases of the file, for a {@code @MethodSource}.
   *
   * @return the cases
   */
  public static List<CrossEntropyCase> all() {
    Golden golden = Golden.read("cross_entropy.safetensors");
    return golden.cases().entrySet().stream()
        .map(entry -> of(entry.getKey(), entry.getValue(), golden))
        .toList();
  }

  private static CrossEntropyCase of(String name, JsonNode of, Golden golden) {
    String logits = of.get("logits").asText();
    String targets = of.get("targets").asText();
    boolean hard = golden.shape(targets).length == 1;
    return new CrossEntropyCase(
        name,
        golden.shape(logits)[1],
        golden.doubles(logits),
        hard ? golden.ints(targets) : null,
        hard ? null : golden.doubles(targets),
        new Options(
            Reduction.valueOf(of.get("reduction").asText().toUpperCase(Locale.ROOT)),
            of.get("label_smoothing").asDouble(),
            of.has("weights") ? golden.doubles(of.get("weights").asText()) : null,
            of.get("ignore_index").asInt()),
        of.has("upstream") ? golden.doubles(of.get("upstream").asText()) : new double[] {1},
        golden.doubles(of.get("loss").asText()),
        golden.doubles(of.get("gradient").asText()));
  }

  @Override
  public String toString() {
    return name;
  }
}
