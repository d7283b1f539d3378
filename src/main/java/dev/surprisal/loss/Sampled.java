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
 * A loss of hidden states, [M, H], over S classes drawn for each batch instead of all V of the
 * projection: sampled softmax or noise-contrastive estimation. It reads only the drawn rows of the
 * projection and those of the targets, and only they get a gradient. Rows whose targets are ignored
 * are left out.
 *
 * <p>Beyond parameters and gradients it holds (M + 2S)·H + M·S floats and a few for each token and
 * sample; once a row has been ignored, also 2·M·H. Judge a model by its full cross-entropy: the
 * mean of the sampled softmax lies below it, and that of noise-contrastive estimation is a
 * different quantity.
 */
public final class Sampled implements Loss {
  private final SampledLoss kind;
  private final Sampler sampler;
  private final LinearWeights weights;
  private final LinearWeights gradients;
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
  private final TokenLosses losses;
  private Tensor gatheredHidden;
  private Tensor gatheredGradient;
  private SampledBatch batch;

  /**
   * Creates a loss for batches of one size.
   *
   * @param kind the estimate of the loss over all classes
   * @param sampler draws the classes; closed with this
   * @param samples S, 1 to V
   * @param weights of the projection, [V, H] and [V]
   * @param gradients of the weights; null for a loss without gradients
   * @param tokens M
   * @param ignoreIndex the target of tokens to leave out
   * @param reduction of the losses of single tokens
   * @throws IllegalArgumentException if there are fewer samples than one or more than classes, or
   *     sampler and projection have different numbers of classes
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
      losses = new TokenLosses(arena, tokens, reduction);
    } catch (RuntimeException failure) {
      arena.close();
      sampler.close();
      throw failure;
    }
  }

  private void requireFit(int tokens) {
    if (sampler.classes() != classes) {
      throw new IllegalArgumentException(
          "sampled loss: expected a sampler of the projection's "
              + classes
              + " classes, found one of "
              + sampler.classes());
    }
    if (samples < 1 || samples > classes) {
      throw new IllegalArgumentException(
          "sampled loss: expected 1 to " + classes + " samples (all classes), found " + samples);
    }
    if (tokens < 0 || tokens > Integer.MAX_VALUE - 8 - samples) {
      throw new IllegalArgumentException(
          "sampled loss: expected 0 to 2^31 - 9 tokens and samples, found "
              + tokens
              + " and "
              + samples);
    }
  }

  @Override
  public void forward(Tensor hidden) {
    evaluate(batch(hidden, null, null));
  }

  @Override
  public void forwardBackward(
      Tensor hidden, Tensor gradLosses, boolean accumulate, Tensor gradHidden) {
    if (gradients == null) {
      throw new IllegalStateException("this loss has no tensors for the projection's gradients");
    }
    SampledBatch of = batch(hidden, gradLosses, gradHidden);
    evaluate(of);
    if (!targets.positions().complete()) {
      gradHidden.zero();
    }
    if (of.count() > 0) {
      differentiate(of, accumulate);
    } else if (!accumulate) {
      gradients.weight().zero();
      gradients.bias().zero();
    }
  }

  private void evaluate(SampledBatch of) {
    LossKernels operations = kernels.losses();
    sampler.draw(of.rows().samples());
    targets.weigh(operations, null, losses.divisorOfBatch());
    if (!targets.positions().complete()) {
      losses.values().zero();
      kernels.gatherRows(
          of.input().view(targets.positions().tokens(), width),
          targets.positions().counted(),
          of.hidden());
    }
    if (of.count() > 0) {
      kernels.gatherRows(weights.weight(), of.rows().samples(), sampleWeights);
      kernels.gatherRows(
          weights.bias().view(classes, 1), of.rows().samples(), sampleBiases.view(samples, 1));
      kernels.linear(sampleWeights, sampleBiases, of.hidden(), of.rows().logits());
      operations.targetLogits(weights, of.hidden(), of.targets(), of.rows().targetLogits());
      operations.sampledLoss(kind, of.targets(), of.rows());
    }
    losses.reduce(operations);
  }

  private void differentiate(SampledBatch of, boolean accumulate) {
    kernels.linearBackward(
        sampleWeights,
        of.hidden(),
        of.rows().logits(),
        false,
        gradRows.slice(0, samples, width),
        gradBiases.slice(0, samples),
        of.gradHidden());
    kernels
        .losses()
        .targetLogitsBackward(
            weights,
            of.hidden(),
            of.targets(),
            of.rows().targetLogits(),
            of.gradHidden(),
            of.gradTargetRows());
    of.targetIds().copyFrom(of.targets());
    kernels.addRows(of.ids(), of.gradRows(), -1, accumulate, gradients.weight());
    kernels.addRows(of.ids(), of.gradBiases(), -1, accumulate, gradients.bias().view(classes, 1));
    if (!targets.positions().complete()) {
      // Each row occurs once, so this is a scatter.
      kernels.addRows(
          targets.positions().counted(),
          of.gradHidden(),
          -1,
          true,
          of.gradInput().view(targets.positions().tokens(), width));
    }
  }

  /** Reuses the views of the call before, so that a step allocates nothing. */
  private SampledBatch batch(Tensor input, Tensor gradLosses, Tensor gradInput) {
    if (batch == null || !batch.fits(input, gradLosses, gradInput, targets.count())) {
      requireShape("hidden states", input);
      if (gradInput != null) {
        requireShape("gradient of hidden states", gradInput);
      }
      batch = newBatch(input, gradLosses, gradInput);
    }
    return batch;
  }

  private SampledBatch newBatch(Tensor input, Tensor gradLosses, Tensor gradInput) {
    boolean complete = targets.positions().complete();
    int count = targets.count();
    int both = samples + count;
    Tensor hidden = complete ? input : (gatheredHidden = room(gatheredHidden));
    Tensor gradHidden = null;
    if (gradInput != null) {
      gradHidden = complete ? gradInput : (gatheredGradient = room(gatheredGradient));
      gradHidden = gradHidden.slice(0, count, width);
    }
    return new SampledBatch(
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
            losses.divisor(),
            logits.slice(0, count, samples),
            gradBiases.slice(samples, count),
            losses.values()));
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
   * Sets the number of tokens that {@link Reduction#MEAN_OF_GIVEN} divides by.
   *
   * @param tokens the tokens of all batches whose gradients add up, 0 or more
   * @throws IllegalStateException if the reduction is another
   * @throws IllegalArgumentException if it is negative
   */
  public void tokenCount(long tokens) {
    losses.tokenCount(tokens);
  }

  /**
   * Returns the targets to write before a batch.
   *
   * @return the targets, all of class 0 until the first write
   */
  public Targets targets() {
    return targets;
  }

  /**
   * Returns the sampler that draws the classes.
   *
   * @return the sampler
   */
  public Sampler sampler() {
    return sampler;
  }

  @Override
  public Tensor losses() {
    return losses.values();
  }

  @Override
  public Tensor total() {
    return losses.total();
  }

  @Override
  public void close() {
    arena.close();
    sampler.close();
  }
}
