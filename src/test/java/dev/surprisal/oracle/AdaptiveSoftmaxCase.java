package dev.surprisal.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A case of adaptive_softmax.safetensors.
 *
 * @param name what it covers
 * @param width D, of hidden states
 * @param classes V
 * @param cutoffs below V
 * @param divValue what the tails' widths are divided by
 * @param weights by PyTorch's names
 * @param hidden [rows, D]
 * @param targets [rows]
 * @param output PyTorch's log-probability of each target, [rows]
 * @param loss PyTorch's, the mean of −output
 * @param logProbabilities PyTorch's, [rows, V]
 * @param predicted PyTorch's most probable classes, [rows]
 * @param gradHidden of the loss, PyTorch's, [rows, D]
 * @param gradWeights of the loss, PyTorch's, by its names
 */
public record AdaptiveSoftmaxCase(
    String name,
    int width,
    int classes,
    int[] cutoffs,
    double divValue,
    Map<String, double[]> weights,
    double[] hidden,
    int[] targets,
    double[] output,
    double loss,
    double[] logProbabilities,
    int[] predicted,
    double[] gradHidden,
    Map<String, double[]> gradWeights) {

  /**
   * All cases of the file, for a {@code @MethodSource}.
   *
   * @return the cases
   */
  public static List<AdaptiveSoftmaxCase> all() {
    Golden golden = Golden.read("adaptive_softmax.safetensors");
    return golden.cases().entrySet().stream()
        .map(entry -> of(entry.getKey(), entry.getValue(), golden))
        .toList();
  }

  private static AdaptiveSoftmaxCase of(String name, JsonNode of, Golden golden) {
    Map<String, double[]> weights = new LinkedHashMap<>();
    Map<String, double[]> gradients = new LinkedHashMap<>();
    for (JsonNode weight : of.get("weights")) {
      weights.put(weight.asText(), golden.doubles(name + ".weight." + weight.asText()));
      gradients.put(weight.asText(), golden.doubles(name + ".grad." + weight.asText()));
    }
    return new AdaptiveSoftmaxCase(
        name,
        golden.shape(name + ".hidden")[1],
        of.get("classes").asInt(),
        new ObjectMapper().convertValue(of.get("cutoffs"), int[].class),
        of.get("div_value").asDouble(),
        weights,
        golden.doubles(name + ".hidden"),
        golden.ints(name + ".targets"),
        golden.doubles(name + ".output"),
        golden.doubles(name + ".loss")[0],
        golden.doubles(name + ".log_prob"),
        golden.ints(name + ".predicted"),
        golden.doubles(name + ".grad.hidden"),
        gradients);
  }

  @Override
  public String toString() {
    return name;
  }
}
