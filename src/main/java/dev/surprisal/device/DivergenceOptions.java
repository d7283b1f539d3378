package dev.surprisal.device;

/**
 * Options of distillation: how a student learns from a teacher.
 *
 * @param divergence between the teacher's distribution and the student's
 * @param beta β of {@link Divergence#JENSEN_SHANNON}, in (0, 1); unused by the others
 * @param temperature T, above 0: both distributions are softmax(logits / T)
 * @param weight of the divergence, in [0, 1]; the cross-entropy against targets has the rest
 * @param ignoreIndex a target whose row has neither term
 */
public record DivergenceOptions(
    Divergence divergence, float beta, float temperature, float weight, int ignoreIndex) {
  /**
   * Checks the options.
   *
   * @param divergence between the teacher's distribution and the student's
   * @param beta β of {@link Divergence#JENSEN_SHANNON}, in (0, 1)
   * @param temperature T, above 0
   * @param weight of the divergence, in [0, 1]
   * @param ignoreIndex a target whose row has neither term
   * @throws IllegalArgumentException if one is outside its range
   */
  public DivergenceOptions {
    require(beta > 0 && beta < 1, "a beta in (0, 1)", beta);
    require(temperature > 0 && Float.isFinite(temperature), "a temperature above 0", temperature);
    require(weight >= 0 && weight <= 1, "a weight in [0, 1]", weight);
  }

  private static void require(boolean holds, String expected, float found) {
    if (!holds) {
      throw new IllegalArgumentException("distillation takes " + expected + ", found " + found);
    }
  }
}
