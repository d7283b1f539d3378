package dev.surprisal.device;

/**
 * The shapes, types and places of the operands of {@link LossKernels}, as {@link Contracts} for the
 * rest. Values of targets, probabilities and the like are left to the devices.
 */
public final class LossContracts {
  private final Operands operands;

  /**
   * Checks for one device.
   *
   * @param device where every operand has to be
   */
  public LossContracts(Device device) {
    operands = new Operands(device);
  }

  /**
   * Checks {@link LossKernels#targetWeight}.
   *
   * @param targets as there
   * @param classes as there
   * @param classWeights as there, or null
   * @param sum as there
   */
  public void targetWeight(Tensor targets, long classes, Tensor classWeights, Tensor sum) {
    operands.ints("target weight", "targets", targets);
    requireClasses("target weight", classes);
    classWeights("target weight", classWeights, classes);
    operands.shape("target weight", "sum", sum, 1);
  }

  /**
   * Checks {@link LossKernels#reduceLosses}.
   *
   * @param losses as there
   * @param divisor as there, or null
   * @param total as there
   */
  public void reduceLosses(Tensor losses, Tensor divisor, Tensor total) {
    operands.floats("reduce losses", "losses", losses);
    if (divisor != null) {
      operands.shape("reduce losses", "divisor", divisor, 1);
    }
    operands.shape("reduce losses", "total", total, 1);
  }

  /**
   * Checks {@link LossKernels#crossEntropy}.
   *
   * @param targets as there
   * @param options as there
   * @param rows as there
   */
  public void crossEntropy(Tensor targets, CrossEntropyOptions options, LossRows rows) {
    rows("cross-entropy", rows, true);
    targets("cross-entropy", targets, rows);
    classWeights("cross-entropy", options.classWeights(), classes(rows));
  }

  /**
   * Checks {@link LossKernels#crossEntropySoft}.
   *
   * @param probabilities as there
   * @param options as there
   * @param rows as there
   */
  public void crossEntropySoft(Tensor probabilities, CrossEntropyOptions options, LossRows rows) {
    rows("cross-entropy", rows, false);
    operands.sameShape("cross-entropy", "probabilities", probabilities, rows.logits());
    classWeights("cross-entropy", options.classWeights(), classes(rows));
  }

  /**
   * Checks {@link LossKernels#crossEntropySparse}.
   *
   * @param ids as there
   * @param probabilities as there
   * @param rows as there
   */
  public void crossEntropySparse(Tensor ids, Tensor probabilities, LossRows rows) {
    String operation = "sparse cross-entropy";
    rows(operation, rows, false);
    perToken(operation, "ids", ids, rows);
    long k = ids.shape().size(1);
    if (k < 1 || k > classes(rows)) {
      throw new IllegalArgumentException(
          operation + ": expected 1 to " + classes(rows) + " ids a token, found " + k);
    }
    operands.shape(operation, "probabilities", probabilities, rows.losses().elements(), k);
  }

  /**
   * Checks {@link LossKernels#focal}.
   *
   * @param targets as there
   * @param classWeights as there, or null
   * @param gamma as there
   * @param rows as there
   */
  public void focal(Tensor targets, Tensor classWeights, float gamma, LossRows rows) {
    rows("focal loss", rows, true);
    targets("focal loss", targets, rows);
    classWeights("focal loss", classWeights, classes(rows));
    requireFinite("focal loss", "a gamma of 0 or more", gamma);
  }

  /**
   * Checks {@link LossKernels#unlikelihood}.
   *
   * @param targets as there
   * @param candidates as there
   * @param alpha as there
   * @param rows as there
   */
  public void unlikelihood(Tensor targets, Tensor candidates, float alpha, LossRows rows) {
    rows("unlikelihood", rows, true);
    targets("unlikelihood", targets, rows);
    perToken("unlikelihood", "candidates", candidates, rows);
    requireFinite("unlikelihood", "an alpha of 0 or more", alpha);
  }

  /**
   * Checks {@link LossKernels#divergence}.
   *
   * @param teacher as there
   * @param targets as there, or null
   * @param options as there
   * @param rows as there
   */
  public void divergence(Tensor teacher, Tensor targets, DivergenceOptions options, LossRows rows) {
    rows("distillation", rows, targets != null);
    operands.sameShape("distillation", "teacher's logits", teacher, rows.logits());
    if (targets != null) {
      targets("distillation", targets, rows);
    } else if (options.weight() != 1) {
      throw new IllegalArgumentException(
          "distillation: expected targets with a weight of " + options.weight() + ", found none");
    }
  }

  /**
   * Checks {@link LossKernels#topK}.
   *
   * @param logits as there
   * @param ids as there
   * @param logProbabilities as there
   */
  public void topK(Tensor logits, Tensor ids, Tensor logProbabilities) {
    operands.matrix("top-k", "logits", logits);
    long rows = logits.shape().size(0);
    long classes = logits.shape().size(1);
    requireClasses("top-k", classes);
    operands.matrix("top-k", "log-probabilities", logProbabilities);
    long k = logProbabilities.shape().size(1);
    if (k < 1 || k > classes) {
      throw new IllegalArgumentException("top-k: expected a k of 1 to " + classes + ", found " + k);
    }
    operands.shape("top-k", "log-probabilities", logProbabilities, rows, k);
    operands.ints("top-k", "ids", ids);
    operands.elements("top-k", "ids", ids, rows * k);
  }

  /**
   * Checks {@link LossKernels#logSoftmax}.
   *
   * @param logits as there
   * @param offsets as there, or null
   * @param column as there
   * @param output as there
   * @param first as there
   */
  public void logSoftmax(Tensor logits, Tensor offsets, long column, Tensor output, long first) {
    String operation = "log-softmax";
    operands.matrix(operation, "logits", logits);
    long rows = logits.shape().size(0);
    long classes = logits.shape().size(1);
    requireClasses(operation, classes);
    if (offsets != null) {
      columns(operation, "offsets", offsets, rows, column, 1);
    }
    columns(operation, "output", output, rows, first, classes);
  }

  private void columns(
      String operation, String operand, Tensor matrix, long rows, long first, long count) {
    operands.matrix(operation, operand, matrix);
    long width = matrix.shape().size(1);
    if (matrix.shape().size(0) != rows || first < 0 || first > width - count) {
      throw new IllegalArgumentException(
          operation
              + ": expected "
              + operand
              + " of "
              + rows
              + " rows with "
              + count
              + " columns from "
              + first
              + " on, found "
              + matrix.shape());
    }
  }

  /**
   * Checks {@link LossKernels#drawClasses}.
   *
   * @param thresholds as there, or null
   * @param aliases as there, or null
   * @param classes as there
   * @param sequence as there
   * @param samples as there
   */
  public void drawClasses(
      Tensor thresholds, Tensor aliases, long classes, Tensor sequence, Tensor samples) {
    requireClasses("draw classes", classes);
    if ((thresholds == null) != (aliases == null)) {
      throw new IllegalArgumentException(
          "draw classes: expected thresholds and aliases, or neither; found one without the other");
    }
    if (thresholds != null) {
      operands.shape("draw classes", "thresholds", thresholds, classes);
      operands.ints("draw classes", "aliases", aliases);
      operands.elements("draw classes", "aliases", aliases, classes);
    }
    operands.longs("draw classes", "sequence", sequence);
    operands.elements("draw classes", "sequence", sequence, 1);
    operands.ints("draw classes", "samples", samples);
  }

  /**
   * Checks {@link LossKernels#targetLogits} and, with gradients, its backward.
   *
   * @param operation whose name messages bear
   * @param weights as there
   * @param hidden as there
   * @param targets as there
   * @param logits as there, or their gradient
   */
  public void targetLogits(
      String operation, LinearWeights weights, Tensor hidden, Tensor targets, Tensor logits) {
    operands.matrix(operation, "weight", weights.weight());
    long classes = weights.weight().shape().size(0);
    requireClasses(operation, classes);
    operands.shape(operation, "bias", weights.bias(), classes);
    operands.matrix(operation, "hidden", hidden);
    long rows = hidden.shape().size(0);
    operands.shape(operation, "hidden", hidden, rows, weights.weight().shape().size(1));
    operands.ints(operation, "targets", targets);
    operands.elements(operation, "targets", targets, rows);
    operands.shape(operation, "logits", logits, rows);
  }

  /**
   * Checks {@link LossKernels#targetLogitsBackward}.
   *
   * @param weights as there
   * @param hidden as there
   * @param targets as there
   * @param gradLogits as there
   * @param gradHidden as there
   * @param gradRows as there
   */
  public void targetLogitsBackward(
      LinearWeights weights,
      Tensor hidden,
      Tensor targets,
      Tensor gradLogits,
      Tensor gradHidden,
      Tensor gradRows) {
    String operation = "target logits backward";
    targetLogits(operation, weights, hidden, targets, gradLogits);
    operands.sameShape(operation, "gradient of hidden", gradHidden, hidden);
    operands.sameShape(operation, "gradient of rows", gradRows, hidden);
  }

  /**
   * Checks {@link LossKernels#sampledLoss}.
   *
   * @param targets as there
   * @param rows as there
   */
  public void sampledLoss(Tensor targets, SampledRows rows) {
    String operation = "sampled loss";
    operands.ints(operation, "targets", targets);
    long count = targets.elements();
    operands.ints(operation, "samples", rows.samples());
    long samples = rows.samples().elements();
    if (samples < 1) {
      throw new IllegalArgumentException(operation + ": expected 1 sample or more, found none");
    }
    operands.floats(operation, "log-probabilities", rows.logProbabilities());
    requireClasses(operation, rows.logProbabilities().elements());
    operands.shape(operation, "logits", rows.logits(), count, samples);
    operands.shape(operation, "logits of targets", rows.targetLogits(), count);
    tokens(operation, rows.positions(), rows.gradLosses(), rows.divisor(), rows.losses(), count);
  }

  /**
   * Checks {@link LossKernels#sequenceLoss}.
   *
   * @param losses as there
   * @param sequences as there
   * @param scores as there
   * @param listLosses as there
   * @param gradLosses as there
   */
  public void sequenceLoss(
      Tensor losses, Sequences sequences, Tensor scores, Tensor listLosses, Tensor gradLosses) {
    String operation = "sequence loss";
    operands.floats(operation, "losses", losses);
    operands.ints(operation, "starts", sequences.starts());
    long count = sequences.starts().elements();
    operands.ints(operation, "lengths", sequences.lengths());
    operands.elements(operation, "lengths", sequences.lengths(), count);
    operands.ints(operation, "lists", sequences.lists());
    operands.shape(operation, "costs", sequences.costs(), count);
    operands.shape(operation, "scores", scores, count);
    operands.floats(operation, "list losses", listLosses);
    operands.elements(operation, "lists", sequences.lists(), listLosses.elements() + 1);
    operands.sameShape(operation, "gradient of losses", gradLosses, losses);
  }

  private void rows(String operation, LossRows rows, boolean hasTargets) {
    operands.matrix(operation, "logits", rows.logits());
    long count = rows.logits().shape().size(0);
    requireClasses(operation, classes(rows));
    tokens(operation, rows.positions(), rows.gradLosses(), rows.divisor(), rows.losses(), count);
    if (rows.gradLogits() != null) {
      operands.sameShape(operation, "gradient of the logits", rows.gradLogits(), rows.logits());
    }
    long tokens = rows.losses().elements();
    LossStatistics statistics = rows.statistics();
    statistic(operation, "log-sum-exp", statistics.logSumExp(), tokens);
    statistic(operation, "log-probability", statistics.logProbability(), tokens);
    statistic(operation, "entropy", statistics.entropy(), tokens);
    statistic(operation, "correct", statistics.correct(), tokens);
    if (statistics.argmax() != null) {
      operands.ints(operation, "argmax", statistics.argmax());
      operands.elements(operation, "argmax", statistics.argmax(), tokens);
    }
    if (!hasTargets && (statistics.logProbability() != null || statistics.correct() != null)) {
      throw new IllegalArgumentException(
          operation + ": log-probability and correct are of target classes, found none");
    }
  }

  private void tokens(
      String operation,
      Tensor positions,
      Tensor gradLosses,
      Tensor divisor,
      Tensor losses,
      long rows) {
    operands.floats(operation, "losses", losses);
    if (positions == null) {
      operands.elements(operation, "losses", losses, rows);
    } else {
      operands.ints(operation, "positions", positions);
      operands.elements(operation, "positions", positions, rows);
    }
    if (gradLosses != null) {
      operands.floats(operation, "gradient of the losses", gradLosses);
      operands.elements(operation, "gradient of the losses", gradLosses, losses.elements());
    }
    if (divisor != null) {
      operands.shape(operation, "divisor", divisor, 1);
    }
  }

  private void statistic(String operation, String name, Tensor statistic, long tokens) {
    if (statistic != null) {
      operands.floats(operation, name, statistic);
      operands.elements(operation, name, statistic, tokens);
    }
  }

  private void targets(String operation, Tensor targets, LossRows rows) {
    operands.ints(operation, "targets", targets);
    operands.elements(operation, "targets", targets, rows.losses().elements());
  }

  private void perToken(String operation, String name, Tensor tensor, LossRows rows) {
    operands.ints(operation, name, tensor);
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

  private void classWeights(String operation, Tensor classWeights, long classes) {
    if (classWeights != null) {
      operands.shape(operation, "class weights", classWeights, classes);
    }
  }

  private static long classes(LossRows rows) {
    return rows.logits().shape().size(1);
  }

  private static void requireClasses(String operation, long classes) {
    if (classes < 1) {
      throw new IllegalArgumentException(operation + ": logits of no class at all");
    }
  }

  private static void requireFinite(String operation, String expected, float found) {
    if (!(found >= 0 && Float.isFinite(found))) {
      throw new IllegalArgumentException(operation + ": expected " + expected + ", found " + found);
    }
  }
}
