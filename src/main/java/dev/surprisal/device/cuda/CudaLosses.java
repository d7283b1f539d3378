package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.CudaKernels.check;
import static dev.surprisal.device.cuda.CudaKernels.toInt;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_DIVERGENCE_JENSEN_SHANNON;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_DIVERGENCE_KL;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_DIVERGENCE_REVERSE_KL;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_SAMPLED_NCE;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_SAMPLED_SOFTMAX;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_SEQUENCE_RANKING;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_SEQUENCE_RISK;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_cross_entropy;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_cross_entropy_soft;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_cross_entropy_sparse;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_divergence;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_draw_classes;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_focal;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_log_softmax;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_loss_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_reduce_losses;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_sampled_loss;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_sampled_loss_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_sequence_loss;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_sequence_loss_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_target_logits;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_target_logits_backward;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_target_weight;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_top_k;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_top_k_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_unlikelihood;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Divergence;
import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.SampledRows;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.Sequences;
import dev.surprisal.device.Tensor;

/** Issues the losses of {@code surprisal.h}. */
final class CudaLosses implements LossKernels {
  private final CudaDevice device;
  private final CudaLossRows structs;
  private final CudaSampledRows sampledRows;
  private final CudaSequences lists;

  CudaLosses(CudaDevice device) {
    this.device = device;
    structs = new CudaLossRows(device);
    sampledRows = new CudaSampledRows(device);
    lists = new CudaSequences(device);
  }

  private long at(Tensor tensor) {
    return device.address(tensor);
  }

  private long workspace(LossRows rows) {
    long count = rows.logits().shape().size(0);
    int classes = toInt("loss", "a number of classes", rows.logits().shape().size(1));
    return device.workspace().reserve(surprisal_loss_workspace(count, classes));
  }

  @Override
  public void targetWeight(
      Tensor targets, long classes, int ignoreIndex, Tensor classWeights, Tensor sum) {
    String operation = "target weight";
    check(
        operation,
        surprisal_target_weight(
            at(targets),
            at(classWeights),
            at(sum),
            targets.elements(),
            toInt(operation, "a number of classes", classes),
            ignoreIndex,
            device.stream()));
  }

  @Override
  public void reduceLosses(Tensor losses, Tensor divisor, Tensor total) {
    check(
        "reduce losses",
        surprisal_reduce_losses(
            at(losses), at(divisor), at(total), losses.elements(), device.stream()));
  }

  @Override
  public void crossEntropy(Tensor targets, CrossEntropyOptions options, LossRows rows) {
    String operation = "cross-entropy";
    check(
        operation,
        surprisal_cross_entropy(
            structs.of(operation, rows),
            at(targets),
            at(options.classWeights()),
            workspace(rows),
            options.ignoreIndex(),
            options.labelSmoothing(),
            device.stream()));
  }

  @Override
  public void crossEntropySoft(Tensor probabilities, CrossEntropyOptions options, LossRows rows) {
    String operation = "cross-entropy";
    check(
        operation,
        surprisal_cross_entropy_soft(
            structs.of(operation, rows),
            at(probabilities),
            at(options.classWeights()),
            workspace(rows),
            options.labelSmoothing(),
            device.stream()));
  }

  @Override
  public void crossEntropySparse(Tensor ids, Tensor probabilities, LossRows rows) {
    String operation = "sparse cross-entropy";
    check(
        operation,
        surprisal_cross_entropy_sparse(
            structs.of(operation, rows),
            at(ids),
            at(probabilities),
            workspace(rows),
            toInt(operation, "a number of ids", ids.shape().size(1)),
            device.stream()));
  }

  @Override
  public void focal(
      Tensor targets, int ignoreIndex, Tensor classWeights, float gamma, LossRows rows) {
    String operation = "focal loss";
    check(
        operation,
        surprisal_focal(
            structs.of(operation, rows),
            at(targets),
            at(classWeights),
            workspace(rows),
            ignoreIndex,
            gamma,
            device.stream()));
  }

  @Override
  public void unlikelihood(
      Tensor targets, Tensor candidates, int ignoreIndex, float alpha, LossRows rows) {
    String operation = "unlikelihood";
    check(
        operation,
        surprisal_unlikelihood(
            structs.of(operation, rows),
            at(targets),
            at(candidates),
            workspace(rows),
            toInt(operation, "a number of candidates", candidates.shape().size(1)),
            ignoreIndex,
            alpha,
            device.stream()));
  }

  @Override
  public void divergence(Tensor teacher, Tensor targets, DivergenceOptions options, LossRows rows) {
    String operation = "distillation";
    check(
        operation,
        surprisal_divergence(
            structs.of(operation, rows),
            at(teacher),
            at(targets),
            workspace(rows),
            options.ignoreIndex(),
            kind(options.divergence()),
            options.beta(),
            options.temperature(),
            options.weight(),
            device.stream()));
  }

  @Override
  public void topK(Tensor logits, Tensor ids, Tensor logProbabilities) {
    long rows = logits.shape().size(0);
    check(
        "top-k",
        surprisal_top_k(
            at(logits),
            at(ids),
            at(logProbabilities),
            device.workspace().reserve(surprisal_top_k_workspace(rows)),
            rows,
            toInt("top-k", "a number of classes", logits.shape().size(1)),
            (int) logProbabilities.shape().size(1),
            device.stream()));
  }

  @Override
  public void logSoftmax(Tensor logits, Tensor offsets, long column, Tensor output, long first) {
    String operation = "log-softmax";
    check(
        operation,
        surprisal_log_softmax(
            at(logits),
            offsets == null ? 0 : at(offsets) + column * Float.BYTES,
            at(output) + first * Float.BYTES,
            logits.shape().size(0),
            toInt(operation, "a number of classes", logits.shape().size(1)),
            offsets == null ? 0 : offsets.shape().size(1),
            output.shape().size(1),
            device.stream()));
  }

  @Override
  public void drawClasses(
      Tensor thresholds, Tensor aliases, long classes, long seed, Tensor sequence, Tensor samples) {
    check(
        "draw classes",
        surprisal_draw_classes(
            at(thresholds),
            at(aliases),
            at(sequence),
            at(samples),
            samples.elements(),
            toInt("draw classes", "a number of classes", classes),
            seed,
            device.stream()));
  }

  @Override
  public void targetLogits(LinearWeights weights, Tensor hidden, Tensor targets, Tensor logits) {
    String operation = "target logits";
    check(
        operation,
        surprisal_target_logits(
            at(weights.weight()),
            at(weights.bias()),
            at(hidden),
            at(targets),
            at(logits),
            targets.elements(),
            toInt(operation, "a number of classes", weights.weight().shape().size(0)),
            toInt(operation, "a width", weights.weight().shape().size(1)),
            device.stream()));
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
    check(
        operation,
        surprisal_target_logits_backward(
            at(weights.weight()),
            at(hidden),
            at(targets),
            at(gradLogits),
            at(gradHidden),
            at(gradRows),
            targets.elements(),
            toInt(operation, "a number of classes", weights.weight().shape().size(0)),
            toInt(operation, "a width", weights.weight().shape().size(1)),
            device.stream()));
  }

  @Override
  public void sampledLoss(SampledLoss kind, Tensor targets, SampledRows rows) {
    String operation = "sampled loss";
    int samples = toInt(operation, "a number of samples", rows.samples().elements());
    check(
        operation,
        surprisal_sampled_loss(
            sampledRows.of(operation, targets, rows),
            device.workspace().reserve(surprisal_sampled_loss_workspace(samples)),
            kind == SampledLoss.SOFTMAX ? SURPRISAL_SAMPLED_SOFTMAX : SURPRISAL_SAMPLED_NCE,
            device.stream()));
  }

  @Override
  public void sequenceLoss(
      Tensor losses,
      Sequences sequences,
      SequenceOptions options,
      Tensor scores,
      Tensor listLosses,
      Tensor gradLosses) {
    long count = sequences.costs().elements();
    check(
        "sequence loss",
        surprisal_sequence_loss(
            lists.of(losses, sequences, options, scores, listLosses, gradLosses),
            device.workspace().reserve(surprisal_sequence_loss_workspace(count)),
            options.kind() == SequenceOptions.Kind.MINIMUM_RISK
                ? SURPRISAL_SEQUENCE_RISK
                : SURPRISAL_SEQUENCE_RANKING,
            device.stream()));
  }

  private static int kind(Divergence divergence) {
    return switch (divergence) {
      case KULLBACK_LEIBLER -> SURPRISAL_DIVERGENCE_KL;
      case REVERSE_KULLBACK_LEIBLER -> SURPRISAL_DIVERGENCE_REVERSE_KL;
      case JENSEN_SHANNON -> SURPRISAL_DIVERGENCE_JENSEN_SHANNON;
    };
  }
}
