package dev.surprisal.device.cpu;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.SampledRows;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.Sequences;
import dev.surprisal.device.Tensor;

/** The CPU's losses: one object each, because starting one must not allocate. */
final class CpuLosses implements LossKernels {
  private final TargetWeightOp targetWeight = new TargetWeightOp();
  private final ReduceLossesOp reduceLosses = new ReduceLossesOp();
  private final CrossEntropyOp crossEntropy;
  private final CrossEntropySoftOp crossEntropySoft;
  private final DrawClassesOp drawClasses;
  private final TargetLogitsOp targetLogits;
  private final TargetLogitsBackwardOp targetLogitsBackward;
  private final SampledLossOp sampledLoss;
  private final CrossEntropySparseOp crossEntropySparse;
  private final FocalOp focal;
  private final UnlikelihoodOp unlikelihood;
  private final DivergenceOp divergence;
  private final TopKOp topK;
  private final SequenceLossOp sequenceLoss;
  private final LogSoftmaxOp logSoftmax;

  CpuLosses(Workers workers) {
    crossEntropy = new CrossEntropyOp(workers);
    crossEntropySoft = new CrossEntropySoftOp(workers);
    drawClasses = new DrawClassesOp(workers);
    targetLogits = new TargetLogitsOp(workers);
    targetLogitsBackward = new TargetLogitsBackwardOp(workers);
    sampledLoss = new SampledLossOp(workers);
    crossEntropySparse = new CrossEntropySparseOp(workers);
    focal = new FocalOp(workers);
    unlikelihood = new UnlikelihoodOp(workers);
    divergence = new DivergenceOp(workers);
    topK = new TopKOp(workers);
    sequenceLoss = new SequenceLossOp(workers);
    logSoftmax = new LogSoftmaxOp(workers);
  }

  @Override
  public void targetWeight(
      Tensor targets, long classes, int ignoreIndex, Tensor classWeights, Tensor sum) {
    targetWeight.run(targets, Math.toIntExact(classes), ignoreIndex, classWeights, sum);
  }

  @Override
  public void reduceLosses(Tensor losses, Tensor divisor, Tensor total) {
    reduceLosses.run(losses, divisor, total);
  }

  @Override
  public void crossEntropy(Tensor targets, CrossEntropyOptions options, LossRows rows) {
    crossEntropy.run(targets, options, rows);
  }

  @Override
  public void crossEntropySoft(Tensor probabilities, CrossEntropyOptions options, LossRows rows) {
    crossEntropySoft.run(probabilities, options, rows);
  }

  @Override
  public void crossEntropySparse(Tensor ids, Tensor probabilities, LossRows rows) {
    crossEntropySparse.run(ids, probabilities, rows);
  }

  @Override
  public void focal(
      Tensor targets, int ignoreIndex, Tensor classWeights, float gamma, LossRows rows) {
    focal.run(targets, ignoreIndex, classWeights, gamma, rows);
  }

  @Override
  public void unlikelihood(
      Tensor targets, Tensor candidates, int ignoreIndex, float alpha, LossRows rows) {
    unlikelihood.run(targets, candidates, ignoreIndex, alpha, rows);
  }

  @Override
  public void divergence(Tensor teacher, Tensor targets, DivergenceOptions options, LossRows rows) {
    divergence.run(teacher, targets, options, rows);
  }

  @Override
  public void topK(Tensor logits, Tensor ids, Tensor logProbabilities) {
    topK.run(logits, ids, logProbabilities);
  }

  @Override
  public void logSoftmax(Tensor logits, Tensor offsets, long column, Tensor output, long first) {
    logSoftmax.run(logits, offsets, column, output, first);
  }

  @Override
  public void drawClasses(
      Tensor thresholds, Tensor aliases, long classes, long seed, Tensor sequence, Tensor samples) {
    drawClasses.run(thresholds, aliases, Math.toIntExact(classes), seed, sequence, samples);
  }

  @Override
  public void targetLogits(LinearWeights weights, Tensor hidden, Tensor targets, Tensor logits) {
    targetLogits.run(weights, hidden, targets, logits);
  }

  @Override
  public void targetLogitsBackward(
      LinearWeights weights,
      Tensor hidden,
      Tensor targets,
      Tensor gradLogits,
      Tensor gradHidden,
      Tensor gradRows) {
    targetLogitsBackward.run(weights, hidden, targets, gradLogits, gradHidden, gradRows);
  }

  @Override
  public void sampledLoss(SampledLoss kind, Tensor targets, SampledRows rows) {
    sampledLoss.run(kind, targets, rows);
  }

  @Override
  public void sequenceLoss(
      Tensor losses,
      Sequences sequences,
      SequenceOptions options,
      Tensor scores,
      Tensor listLosses,
      Tensor gradLosses) {
    sequenceLoss.run(losses, sequences, options, scores, listLosses, gradLosses);
  }
}
