package dev.surprisal.device.cuda;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.LossContracts;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.SampledRows;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.Sequences;
import dev.surprisal.device.Tensor;

/** Checks operands and issues the losses of {@code surprisal.h}. */
final class CudaLosses implements LossKernels {
  private final CudaDevice device;
  private final LossContracts contracts;

  CudaLosses(CudaDevice device) {
    this.device = device;
    contracts = new LossContracts(device);
  }

  @Override
  public void targetWeight(
      Tensor targets, long classes, int ignoreIndex, Tensor classWeights, Tensor sum) {
    contracts.targetWeight(targets, classes, classWeights, sum);
    throw new UnsupportedOperationException("targetWeight");
  }

  @Override
  public void reduceLosses(Tensor losses, Tensor divisor, Tensor total) {
    contracts.reduceLosses(losses, divisor, total);
    throw new UnsupportedOperationException("reduceLosses");
  }

  @Override
  public void crossEntropy(Tensor targets, CrossEntropyOptions options, LossRows rows) {
    contracts.crossEntropy(targets, options, rows);
    throw new UnsupportedOperationException("crossEntropy");
  }

  @Override
  public void crossEntropySoft(Tensor probabilities, CrossEntropyOptions options, LossRows rows) {
    contracts.crossEntropySoft(probabilities, options, rows);
    throw new UnsupportedOperationException("crossEntropySoft");
  }

  @Override
  public void crossEntropySparse(Tensor ids, Tensor probabilities, LossRows rows) {
    contracts.crossEntropySparse(ids, probabilities, rows);
    throw new UnsupportedOperationException("crossEntropySparse");
  }

  @Override
  public void focal(
      Tensor targets, int ignoreIndex, Tensor classWeights, float gamma, LossRows rows) {
    contracts.focal(targets, classWeights, gamma, rows);
    throw new UnsupportedOperationException("focal");
  }

  @Override
  public void unlikelihood(
      Tensor targets, Tensor candidates, int ignoreIndex, float alpha, LossRows rows) {
    contracts.unlikelihood(targets, candidates, alpha, rows);
    throw new UnsupportedOperationException("unlikelihood");
  }

  @Override
  public void divergence(Tensor teacher, Tensor targets, DivergenceOptions options, LossRows rows) {
    contracts.divergence(teacher, targets, options, rows);
    throw new UnsupportedOperationException("divergence");
  }

  @Override
  public void topK(Tensor logits, Tensor ids, Tensor logProbabilities) {
    contracts.topK(logits, ids, logProbabilities);
    long rows = logits.shape().size(0);
    check(
        "top-k",
        surprisal_top_k(
            at(logits),
            at(ids),
            at(logProbabilities),
            workspace(surprisal_top_k_workspace(rows)),
            rows,
            toInt("top-k", "a number of classes", logits.shape().size(1)),
            (int) logProbabilities.shape().size(1),
            stream()));
  }

  @Override
  public void drawClasses(
      Tensor thresholds, Tensor aliases, long classes, long seed, Tensor sequence, Tensor samples) {
    contracts.drawClasses(thresholds, aliases, classes, sequence, samples);
    throw new UnsupportedOperationException("drawClasses");
  }

  @Override
  public void targetLogits(LinearWeights weights, Tensor hidden, Tensor targets, Tensor logits) {
    contracts.targetLogits("target logits", weights, hidden, targets, logits);
    throw new UnsupportedOperationException("targetLogits");
  }

  @Override
  public void targetLogitsBackward(
      LinearWeights weights,
      Tensor hidden,
      Tensor targets,
      Tensor gradLogits,
      Tensor gradHidden,
      Tensor gradRows) {
    contracts.targetLogitsBackward(weights, hidden, targets, gradLogits, gradHidden, gradRows);
    throw new UnsupportedOperationException("targetLogitsBackward");
  }

  @Override
  public void sampledLoss(SampledLoss kind, Tensor targets, SampledRows rows) {
    contracts.sampledLoss(targets, rows);
    throw new UnsupportedOperationException("sampledLoss");
  }

  @Override
  public void sequenceLoss(
      Tensor losses,
      Sequences sequences,
      SequenceOptions options,
      Tensor scores,
      Tensor listLosses,
      Tensor gradLosses) {
    contracts.sequenceLoss(losses, sequences, scores, listLosses, gradLosses);
    long count = sequences.costs().elements();
    check(
        "sequence loss",
        surprisal_sequence_loss(
            at(losses),
            at(sequences.starts()),
            at(sequences.lengths()),
            at(sequences.lists()),
            at(sequences.costs()),
            at(scores),
            at(listLosses),
            at(gradLosses),
            workspace(surprisal_sequence_loss_workspace(count)),
            losses.elements(),
            count,
            listLosses.elements(),
            kind(options.kind()),
            options.scale(),
            options.margin(),
            options.normalised() ? 1 : 0,
            stream()));
  }
}
