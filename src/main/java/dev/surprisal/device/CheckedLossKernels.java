package dev.surprisal.device;

/** The losses of a device behind a check of their operands, as {@link CheckedKernels}. */
final class CheckedLossKernels implements LossKernels {
  private final LossOperands operands;
  private final LossKernels delegate;

  CheckedLossKernels(Device device, LossKernels kernels) {
    operands = new LossOperands(device);
    delegate = kernels;
  }

  @Override
  public void targetWeight(
      Tensor targets, long classes, int ignoreIndex, Tensor classWeights, Tensor sum) {
    operands.ints("target weight", "targets", targets);
    LossOperands.requireClasses("target weight", classes);
    operands.classWeights("target weight", classWeights, classes);
    operands.shape("target weight", "sum", sum, 1);
    delegate.targetWeight(targets, classes, ignoreIndex, classWeights, sum);
  }

  @Override
  public void reduceLosses(Tensor losses, Tensor divisor, Tensor total) {
    operands.floats("reduce losses", "losses", losses);
    if (divisor != null) {
      operands.shape("reduce losses", "divisor", divisor, 1);
    }
    operands.shape("reduce losses", "total", total, 1);
    delegate.reduceLosses(losses, divisor, total);
  }

  @Override
  public void crossEntropy(Tensor targets, CrossEntropyOptions options, LossRows rows) {
    operands.rows("cross-entropy", rows, true);
    operands.targets("cross-entropy", targets, rows);
    operands.classWeights("cross-entropy", options.classWeights(), LossOperands.classes(rows));
    delegate.crossEntropy(targets, options, rows);
  }

  @Override
  public void crossEntropySoft(Tensor probabilities, CrossEntropyOptions options, LossRows rows) {
    operands.rows("cross-entropy", rows, false);
    operands.sameShape("cross-entropy", "probabilities", probabilities, rows.logits());
    operands.classWeights("cross-entropy", options.classWeights(), LossOperands.classes(rows));
    delegate.crossEntropySoft(probabilities, options, rows);
  }

  @Override
  public void crossEntropySparse(Tensor ids, Tensor probabilities, LossRows rows) {
    String operation = "sparse cross-entropy";
    operands.rows(operation, rows, false);
    operands.perToken(operation, "ids", ids, rows);
    long k = ids.shape().size(1);
    if (k < 1 || k > LossOperands.classes(rows)) {
      throw new IllegalArgumentException(
          operation + ": expected 1 to " + LossOperands.classes(rows) + " ids a token, found " + k);
    }
    operands.shape(operation, "probabilities", probabilities, rows.losses().elements(), k);
    delegate.crossEntropySparse(ids, probabilities, rows);
  }

  @Override
  public void focal(
      Tensor targets, int ignoreIndex, Tensor classWeights, float gamma, LossRows rows) {
    operands.rows("focal loss", rows, true);
    operands.targets("focal loss", targets, rows);
    operands.classWeights("focal loss", classWeights, LossOperands.classes(rows));
    requireFinite("focal loss", "a gamma of 0 or more", gamma);
    delegate.focal(targets, ignoreIndex, classWeights, gamma, rows);
  }

  @Override
  public void unlikelihood(
      Tensor targets, Tensor candidates, int ignoreIndex, float alpha, LossRows rows) {
    operands.rows("unlikelihood", rows, true);
    operands.targets("unlikelihood", targets, rows);
    operands.perToken("unlikelihood", "candidates", candidates, rows);
    requireFinite("unlikelihood", "an alpha of 0 or more", alpha);
    delegate.unlikelihood(targets, candidates, ignoreIndex, alpha, rows);
  }

  @Override
  public void divergence(Tensor teacher, Tensor targets, DivergenceOptions options, LossRows rows) {
    operands.rows("distillation", rows, targets != null);
    operands.sameShape("distillation", "teacher's logits", teacher, rows.logits());
    if (targets != null) {
      operands.targets("distillation", targets, rows);
    } else if (options.weight() != 1) {
      throw new IllegalArgumentException(
          "distillation: expected targets with a weight of " + options.weight() + ", found none");
    }
    delegate.divergence(teacher, targets, options, rows);
  }

  @Override
  public void topK(Tensor logits, Tensor ids, Tensor logProbabilities) {
    operands.matrix("top-k", "logits", logits);
    long rows = logits.shape().size(0);
    long classes = logits.shape().size(1);
    LossOperands.requireClasses("top-k", classes);
    operands.matrix("top-k", "log-probabilities", logProbabilities);
    long k = logProbabilities.shape().size(1);
    if (k < 1 || k > classes) {
      throw new IllegalArgumentException("top-k: expected a k of 1 to " + classes + ", found " + k);
    }
    operands.shape("top-k", "log-probabilities", logProbabilities, rows, k);
    operands.ints("top-k", "ids", ids);
    operands.elements("top-k", "ids", ids, rows * k);
    delegate.topK(logits, ids, logProbabilities);
  }

  @Override
  public void logSoftmax(Tensor logits, Tensor offsets, long column, Tensor output, long first) {
    String operation = "log-softmax";
    operands.matrix(operation, "logits", logits);
    long rows = logits.shape().size(0);
    long classes = logits.shape().size(1);
    LossOperands.requireClasses(operation, classes);
    if (offsets != null) {
      columns(operation, "offsets", offsets, rows, column, 1);
    }
    columns(operation, "output", output, rows, first, classes);
    delegate.logSoftmax(logits, offsets, column, output, first);
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

  @Override
  public void drawClasses(
      Tensor thresholds, Tensor aliases, long classes, long seed, Tensor sequence, Tensor samples) {
    LossOperands.requireClasses("draw classes", classes);
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
    delegate.drawClasses(thresholds, aliases, classes, seed, sequence, samples);
  }

  @Override
  public void targetLogits(LinearWeights weights, Tensor hidden, Tensor targets, Tensor logits) {
    targetLogits("target logits", weights, hidden, targets, logits);
    delegate.targetLogits(weights, hidden, targets, logits);
  }

  private void targetLogits(
      String operation, LinearWeights weights, Tensor hidden, Tensor targets, Tensor logits) {
    operands.matrix(operation, "weight", weights.weight());
    long classes = weights.weight().shape().size(0);
    LossOperands.requireClasses(operation, classes);
    operands.shape(operation, "bias", weights.bias(), classes);
    operands.matrix(operation, "hidden", hidden);
    long rows = hidden.shape().size(0);
    operands.shape(operation, "hidden", hidden, rows, weights.weight().shape().size(1));
    operands.ints(operation, "targets", targets);
    operands.elements(operation, "targets", targets, rows);
    operands.shape(operation, "logits", logits, rows);
  }

  @Override
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
    delegate.targetLogitsBackward(weights, hidden, targets, gradLogits, gradHidden, gradRows);
  }

  @Override
  public void sampledLoss(SampledLoss kind, Tensor targets, SampledRows rows) {
    String operation = "sampled loss";
    operands.ints(operation, "targets", targets);
    long count = targets.elements();
    operands.ints(operation, "samples", rows.samples());
    long samples = rows.samples().elements();
    if (samples < 1) {
      throw new IllegalArgumentException(operation + ": expected 1 sample or more, found none");
    }
    operands.floats(operation, "log-probabilities", rows.logProbabilities());
    LossOperands.requireClasses(operation, rows.logProbabilities().elements());
    operands.shape(operation, "logits", rows.logits(), count, samples);
    operands.shape(operation, "logits of targets", rows.targetLogits(), count);
    operands.tokens(
        operation, rows.positions(), rows.gradLosses(), rows.divisor(), rows.losses(), count);
    delegate.sampledLoss(kind, targets, rows);
  }

  @Override
  public void sequenceLoss(
      Tensor losses,
      Sequences sequences,
      SequenceOptions options,
      Tensor scores,
      Tensor listLosses,
      Tensor gradLosses) {
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
    delegate.sequenceLoss(losses, sequences, options, scores, listLosses, gradLosses);
  }

  private static void requireFinite(String operation, String expected, float found) {
    if (!(found >= 0 && Float.isFinite(found))) {
      throw new IllegalArgumentException(operation + ": expected " + expected + ", found " + found);
    }
  }
}
