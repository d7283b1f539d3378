package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.RefusedException;
import dev.surprisal.benchmarks.measure.Rotation;
import dev.surprisal.device.DType;
import java.util.Map;
import java.util.Set;

/** Creates the work of an operation, and knows its types and variants. */
final class Works {
  private static final Set<String> ALL = Set.of("float32", "tf32", "bfloat16");
  private static final Set<String> PRODUCTS = Set.of("float32", "tf32");
  private static final Set<String> FLOATS = Set.of("float32");

  private static final Map<Operation, Set<String>> TYPES =
      Map.of(
          Operation.CROSS_ENTROPY, FLOATS,
          Operation.PROJECTED_CROSS_ENTROPY, ALL,
          Operation.PROJECTION_PRODUCTS, ALL,
          Operation.PROJECTED_LOSS, PRODUCTS,
          Operation.RNN_FORWARD, PRODUCTS,
          Operation.RNN_TRAINING, PRODUCTS,
          Operation.EMBEDDING, Set.of("float32", "bfloat16"),
          Operation.EMBEDDING_BACKWARD, FLOATS,
          Operation.ADAM, FLOATS,
          Operation.TRAINING_STEP, PRODUCTS);

  private Works() {}

  /**
   * Looks whether there is such a case at all.
   *
   * @param which the case
   * @param device its name
   * @throws RefusedException if not, with the reason
   */
  static void check(Case which, String device) {
    if (!TYPES.get(which.operation()).contains(which.type())) {
      throw new RefusedException("has no " + which.operation().text() + " of " + which.type());
    }
    if (which.type().equals("tf32") && device.startsWith("cpu")) {
      throw new RefusedException("multiplies float32 on the CPU as it is, never as tf32");
    }
    boolean known =
        switch (which.operation()) {
          case RNN_FORWARD, RNN_TRAINING -> "tanh".equals(which.variant());
          case PROJECTED_LOSS ->
              which.variant() != null && LossCases.names().contains(which.variant());
          default -> which.variant() == null;
        };
    if (!known) {
      throw new RefusedException(
          which.variant() == null
              ? "needs to be told the variant of " + which.operation().text()
              : "has no variant " + which.variant() + " of " + which.operation().text());
    }
  }

  /** Allocates a case that was checked. */
  static Work open(Operands operands, Case which, Rotation rotation) {
    DType type = which.type().equals("bfloat16") ? DType.BFLOAT16 : DType.FLOAT32;
    return switch (which.operation()) {
      case CROSS_ENTROPY -> new CrossEntropyWork(operands, which, rotation);
      case PROJECTED_CROSS_ENTROPY -> new ProjectionWork(operands, which, type);
      case PROJECTION_PRODUCTS -> new ProductsWork(operands, which, type);
      case PROJECTED_LOSS -> new LossWork(operands.device(), which);
      case RNN_FORWARD -> new RnnWork(operands, which, false);
      case RNN_TRAINING -> new RnnWork(operands, which, true);
      case EMBEDDING -> new EmbeddingWork(operands, which, rotation, type);
      case EMBEDDING_BACKWARD -> new EmbeddingBackwardWork(operands, which, rotation);
      case ADAM -> new AdamWork(operands, which, rotation);
      case TRAINING_STEP -> new StepWork(operands.device(), which);
    };
  }
}
