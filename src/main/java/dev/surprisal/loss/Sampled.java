package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.SampledRows;
import dev.surprisal.device.Tensor;

/**
 * A loss of hidden states, [M, H], in which S classes that are drawn anew for every batch stand for
 * all V of the projection: sampled softmax or noise-contrastive estimation. Only the drawn rows of
 * the projection and those of the targets are read and given a gradient. Rows whose targets are
 * ignored take no part.
 *
 * <p>Beyond parameters and gradients it holds (M + 2S)·H + M·S floats and a few for each token and
 * sample; once a row has been ignored, also 2·M·H. What it is worth is known by the whole
 * cross-entropy alone: the sampled softmax's mean lies below it, and that of noise-contrastive
 * estimation is another quantity.
 */
public final class Sampled implements Loss {
  private final SampledLoss kind;
  private final Sampler sampler;
  private final LinearWeights weights;
  private final LinearWeights gradients;
  private final Reduction reduction;
  private final Kernels kernels;
  private final Arena arena;
  private final Targets targets;
  private final int samples;
  private final long classes;
  private final long width;
  private final Tensor ids;
  private final Tensor sampleWeights;
  private final Tensor sampleBiases;
  private final Tensor logits;
  private final Tensor gradRows;
  private final Tensor gradBiases;
  private final Tensor losses;
  private final Tensor divisor;
  private final Tensor total;
  private Tensor gatheredHidden;
  private Tensor gatheredGradient;
  private Batch batch;

  /** The views of one batch: N rows that count, of M. */
  private record Batch(
      Tensor input,
      Tensor gradLosses,
      Tensor gradInput,
      int count,
      Tensor hidden,
      Tensor gradHidden,
      Tensor targets,
      Tensor targetIds,
      Tensor gradTargetRows,
      Tensor ids,
      Tensor gradRows,
      Tensor gradBiases,
      SampledRows rows) {}

  /**
   * A loss over batches of one size.
   *
   * @param kind how samples stand for all classes
   * @param sampler what draws them; is closed with this
   * @param samples S, 1 to V
   * @param weights of the projection, [V, H] and [V]
   * @param gradients of the weights; null for a loss without gradients
   * @param tokens M
   * @param ignoreIndex a target that takes no part
   * @param reduction what becomes of the losses of single tokens
   * @throws IllegalArgumentException if there are less than one sample or more than classes, or the
   *     sampler draws from other classes than the projection has
   */
  public Sampled(
      SampledLoss kind,
      Sampler sampler,
      int samples,
      LinearWeights weights,
      LinearWeights gradients,
      int tokens,
      int ignoreIndex,
      Reduction reduction) {
    this.kind = kind;
    this.sampler = sampler;
    this.samples = samples;
    this.weights = weights;
    this.gradients = gradients;
    this.reduction = reduction;
    Device device = weights.weight().device();
    kernels = device.kernels();
    classes = weights.weight().shape().size(0);
    width = weights.weight().shape().size(1);
    arena = new Arena(device);
    try {
      requireFit(tokens);
      Positions positions = new Positions(arena, tokens);
      targets = new Targets("sampled loss", arena, positions, classes, ignoreIndex);
      long both = samples + (long) tokens;
      ids = arena.allocate(DType.INT32, both);
      sampleWeights = arena.allocate(DType.FLOAT32, samples, width);
      sampleBiases = arena.allocate(DType.FLOAT32, samples);
      logits = arena.allocate(DType.FLOAT32, tokens, samples);
      gradRows = gradients == null ? null : arena.allocate(DType.FLOAT32, both, width);
      gradBiases = arena.allocate(DType.FLOAT32, both);
      losses = arena.allocate(DType.FLOAT32, tokens);
      divisor = divides() ? arena.allocate(DType.FLOAT32, 1) : null;
      total = reduction == Reduction.NONE ? null : arena.allocate(DType.FLOAT32, 1);
    } catch (RuntimeException failure) {
      arena.close();
      sampler.close();
      throw failure;
    }
    if (divisor != null) {
      divisor.write((float) tokens);
    }
  }

  private void requireFit(int tokens) {
    if (sampler.classes() != classes) {
      throw new IllegalArgumentException(
          "a sampler of "
              + sampler.classes()
              + " classes does not fit a projection onto "
              + classes);
    }
    if (samples < 1 || samples > classes) {
      throw new IllegalArgumentException(
          "a loss over sampled classes takes 1 sample to as many as there are classes, "
              + classes
              + ", found "
              + samples);
    }
    if (tokens < 0 || tokens > Integer.MAX_VALUE - 8 - samples) {
      throw new IllegalArgumentException(
          "a loss over sampled classes takes 0 to 2^31 - 9 tokens and samples, found "
              + tokens
              + " and "
              + samples);
    }
  }

  private boolean divides() {
    return reduction == Reduction.MEAN || reduction == Reduction.MEAN_OF_GIVEN;
  }

  @Override
  public void forward(Tensor hidden) {
    evaluate(batch(hidden, null, null));
  }

  @Override
  public void forwardBackward(
      Tensor hidden, Tensor gradLosses, boolean accumulate, Tensor gradHidden) {
    if (gradients == null) {
      throw new IllegalStateException("this loss was made without the projection's gradients");
    }
    Batch of = batch(hidden, gradLosses, gradHidden);
    evaluate(of);
    if (!targets.positions().complete()) {
      gradHidden.zero();
    }
    if (of.count > 0) {
      differentiate(of, accumulate);
    } else if (!accumulate) {
      gradients.weight().zero();
      gradients.bias().zero();
    }
  }

  private void evaluate(Batch of) {
    LossKernels operations = kernels.losses();
    sampler.draw(of.rows.samples());
    targets.weigh(operations, null, reduction == Reduction.MEAN ? divisor : null);
    if (!targets.positions().complete()) {
      losses.zero();
      kernels.gatherRows(
          of.input.view(targets.positions().tokens(), width),
          targets.positions().counted(),
          of.hidden);
    }
    if (of.count > 0) {
      kernels.gatherRows(weights.weight(), of.rows.samples(), sampleWeights);
      kernels.gatherRows(
          weights.bias().view(classes, 1), of.rows.samples(), sampleBiases.view(samples, 1));
      kernels.linear(sampleWeights, sampleBiases, of.hidden, of.rows.logits());
      operations.targetLogits(weights, of.hidden, of.targets, of.rows.targetLogits());
      operations.sampledLoss(kind, of.targets, of.rows);
    }
    if (total != null) {
      operations.reduceLosses(losses, divisor, total);
    }
  }

  private void differentiate(Batch of, boolean accumulate) {
    kernels.linearBackward(
        sampleWeights,
        of.hidden,
        of.rows.logits(),
        false,
        gradRows.slice(0, samples, width),
        gradBiases.slice(0, samples),
        of.gradHidden);
    kernels
        .losses()
        .targetLogitsBackward(
            weights,
            of.hidden,
            of.targets,
            of.rows.targetLogits(),
            of.gradHidden,
            of.gradTargetRows);
    of.targetIds.copyFrom(of.targets);
    kernels.addRows(of.ids, of.gradRows, -1, accumulate, gradients.weight());
    kernels.addRows(of.ids, of.gradBiases, -1, accumulate, gradients.bias().view(classes, 1));
    if (!targets.positions().complete()) {
      // Each row occurs once: what the operation adds up is one gradient a row.
      kernels.addRows(
          targets.positions().counted(),
          of.gradHidden,
          -1,
          true,
          of.gradInput.view(targets.positions().tokens(), width));
    }
  }

  /** Kept from call to call, so that a step allocates nothing. */
  private Batch batch(Tensor input, Tensor gradLosses, Tensor gradInput) {
    if (batch == null
        || batch.input != input
        || batch.gradLosses != gradLosses
        || batch.gradInput != gradInput
        || batch.count != targets.count()) {
      requireShape("hidden states", input);
      if (gradInput != null) {
        requireShape("gradient of hidden states", gradInput);
      }
      batch = newBatch(input, gradLosses, gradInput);
    }
    return batch;
  }

  private Batch newBatch(Tensor input, Tensor gradLosses, Tensor gradInput) {
    boolean complete = targets.positions().complete();
    int count = targets.count();
    int both = samples + count;
    Tensor hidden = complete ? input : (gatheredHidden = room(gatheredHidden));
    Tensor gradHidden = null;
    if (gradInput != null) {
      gradHidden = complete ? gradInput : (gatheredGradient = room(gatheredGradient));
      gradHidden = gradHidden.slice(0, count, width);
    }
    return new Batch(
        input,
        gradLosses,
        gradInput,
        count,
        hidden.slice(0, count, width),
        gradHidden,
        complete ? targets.ids() : targets.packed().slice(0, count),
        ids.slice(samples, count),
        gradRows == null ? null : gradRows.slice(samples * width, count, width),
        ids.slice(0, both),
        gradRows == null ? null : gradRows.slice(0, both, width),
        gradBiases.slice(0, both, 1),
        new SampledRows(
            ids.slice(0, samples),
            sampler.logProbabilities(),
            complete ? null : targets.positions().counted(),
            gradLosses,
            divisor,
            logits.slice(0, count, samples),
            gradBiases.slice(samples, count),
            losses));
  }

  private Tensor room(Tensor present) {
    return present != null
        ? present
        : arena.allocate(DType.FLOAT32, targets.positions().tokens(), width);
  }

  private void requireShape(String what, Tensor tensor) {
    if (tensor.type() != DType.FLOAT32
        || tensor.elements() != targets.positions().tokens() * width) {
      throw new IllegalArgumentException(
          "sampled loss: expected the "
              + what
              + " of "
              + targets.positions().tokens()
              + " tokens by "
              + width
              + ", found "
              + tensor);
    }
  }

  /**
   * Gives the number of tokens that {@link Reduction#MEAN_OF_GIVEN} divides by.
   *
   * @param tokens of all batches whose gradients add up, 0 or more
   * @throws IllegalStateException if the reduction is another
   * @throws IllegalArgumentException if it is negative
   */
  public void tokenCount(long tokens) {
    if (reduction != Reduction.MEAN_OF_GIVEN) {
      throw new IllegalStateException(
          "a token count goes with the reduction "
              + Reduction.MEAN_OF_GIVEN
              + " alone, found "
              + reduction);
    }
    if (tokens < 0) {
      throw new IllegalArgumentException("a token count is 0 or more, found " + tokens);
    }
    divisor.write((float) tokens);
  }

  /**
   * What it compares with.
   *
   * @return the targets, all of class 0 until they are written
   */
  public Targets targets() {
    return targets;
  }

  /**
   * What draws the classes.
   *
   * @return the sampler
   */
  public Sampler sampler() {
    return sampler;
  }

  @Override
  public Tensor losses() {
    return losses;
  }

  @Override
  public Tensor total() {
    if (total == null) {
      throw new IllegalStateException("a loss without reduction has no total: read losses()");
    }
    return total;
  }

  @Override
  public void close() {
    arena.close();
    sampler.close();
  }
}
