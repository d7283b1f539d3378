package dev.surprisal.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A case of adam.safetensors. Gradients and results hold a row for each of the steps.
 *
 * @param name what it covers
 * @param options hyper-parameters
 * @param parameterScale magnitude of the parameters, to compare them by
 * @param gradientScale magnitude of the gradients, to compare the moments by (the second by its
 *     square)
 * @param start parameters before the first step, [size]
 * @param gradients [steps, size]
 * @param parameters PyTorch's after each step, [steps, size]
 * @param firstMoments PyTorch's after each step, [steps, size]
 * @param secondMoments PyTorch's after each step, [steps, size]
 */
public record AdamCase(
    String name,
    AdamOracle.Options options,
    double parameterScale,
    double gradientScale,
    double[] start,
    double[] gradients,
    double[] parameters,
    double[] firstMoments,
    double[] secondMoments) {

  /**
   * All cases of the file, for a {@code @MethodSource}.
   *
   * @return the cases
   */
  public static List<AdamCase> all() {
    Golden golden = Golden.read("adam.safetensors");
    return golden.cases().entrySet().stream()
        .map(entry -> of(entry.getKey(), entry.getValue(), golden))
        .toList();
  }

  private static AdamCase of(String name, JsonNode of, Golden golden) {
    return new AdamCase(
        name,
        new AdamOracle.Options(
            of.get("lr").asDouble(),
            of.get("beta1").asDouble(),
            of.get("beta2").asDouble(),
            of.get("eps").asDouble(),
            of.get("weight_decay").asDouble()),
        of.get("parameter_scale").asDouble(),
        of.get("gradient_scale").asDouble(),
        golden.doubles(name + ".start"),
        golden.doubles(name + ".gradients"),
        golden.doubles(name + ".parameters"),
        golden.doubles(name + ".exp_avg"),
        golden.doubles(name + ".exp_avg_sq"));
  }

  @Override
  public String toString() {
    return name;
  }
}
