package dev.surprisal.device;

/** Checks of the operands that losses share: rows of logits, and tensors over tokens. */
final class LossOperands extends Operands {
  LossOperands(Device device) {
    super(device);
  }

  void rows(String operation, LossRows rows, boolean hasTargets) {
    matrix(operation, "logits", rows.logits());
    long count = rows.logits().shape().size(0);
    requireClasses(operation, classes(rows));
    tokens(operation, rows.positions(), rows.gradLosses(), rows.divisor(), rows.losses(), count);
    if (rows.gradLogits() != null) {
      sameShape(operation, "gradient of the logits", rows.gradLogits(), rows.logits());
    }
    long tokens = rows.losses().elements();
    LossStatistics statistics = rows.statistics();
    statistic(operation, "log-sum-exp", statistics.logSumExp(), tokens);
    statistic(operation, "log-probability", statistics.logProbability(), tokens);
    statistic(operation, "entropy", statistics.entropy(), tokens);
    statistic(operation, "correct", statistics.correct(), tokens);
    if (statistics.argmax() != null) {
      ints(operation, "argmax", statistics.argmax());
      elements(operation, "argmax", statistics.argmax(), tokens);
    }
    if (!hasTargets && (statistics.logProbability() != null || statistics.correct() != null)) {
      throw new IllegalArgumentException(
          operation + ": log-probability and correct need target classes, found none");
    }
  }

  void tokens(
      String operation,
      Tensor positions,
      Tensor gradLosses,
      Tensor divisor,
      Tensor losses,
      long rows) {
    floats(operation, "losses", losses);
    if (positions == null) {
      elements(operation, "losses", losses, rows);
    } else {
      ints(operation, "positions", positions);
      elements(operation, "positions", positions, rows);
    }
    if (gradLosses != null) {
      floats(operation, "gradient of the losses", gradLosses);
      elements(operation, "gradient of the losses", gradLosses, losses.elements());
    }
    if (divisor != null) {
      shape(operation, "divisor", divisor, 1);
    }
  }

  private void statistic(String operation, String name, Tensor statistic, long tokens) {
    if (statistic != null) {
      floats(operation, name, statistic);
      elements(operation, name, statistic, tokens);
    }
  }

  void targets(String operation, Tensor targets, LossRows rows) {
    ints(operation, "targets", targets);
    elements(operation, "targets", targets, rows.losses().elements());
  }

  void perToken(String operation, String name, Tensor tensor, LossRows rows) {
    ints(operation, name, tensor);
    if (tensor.shape().rank() != 2 || tensor.shape().size(0) != rows.losses().elements()) {
      throw new IllegalArgumentException(
          operation
              + ": expected a row of "
              + name
              + " for each of "
              + rows.losses().elements()
              + " tokens, found "
              + tensor.shape());
    }
  }

  void classWeights(String operation, Tensor classWeights, long classes) {
    if (classWeights != null) {
      shape(operation, "class weights", classWeights, classes);
    }
  }

  static long classes(LossRows rows) {
    return rows.logits().shape().size(1);
  }

  static void requireClasses(String operation, long classes) {
    if (classes < 1) {
      throw new IllegalArgumentException(
          operation + ": expected logits of 1 class or more, found none");
    }
  }
}
