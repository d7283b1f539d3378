package dev.surprisal.train;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.loss.Reduction;
import dev.surprisal.loss.Sampled;
import dev.surprisal.loss.Sampler;
import dev.surprisal.nn.Projection;
import java.util.List;

/**
 * A loss over sampled classes.
 *
 * @param kind the estimate of the loss over all classes
 * @param samples S, the number of classes drawn for a batch
 * @param unigram whether classes are drawn by their frequencies in the text, else log-uniformly
 * @param power exponent of the frequencies
 * @param seed of the draws
 */
record SampledStart(SampledLoss kind, int samples, boolean unigram, float power, int seed)
    implements TokenLossSpec.Start {
  static final List<LossOption> OPTIONS =
      List.of(
          new LossOption("samples", "1024", "number of classes drawn for a batch"),
          new LossOption("sampler", "unigram", "unigram, or log-uniform by a token's number"),
          new LossOption("power", "0.75", "exponent of the unigram frequencies"),
          new LossOption("seed", "1", "of the draws"));

  static SampledStart of(SampledLoss kind, LossValues values) {
    boolean unigram =
        switch (values.text("sampler")) {
          case "unigram" -> true;
          case "log-uniform" -> false;
          default -> throw values.refused("sampler", "unigram or log-uniform");
        };
    float power = values.number("power");
    if (!(power >= 0 && Float.isFinite(power))) {
      throw values.refused("power", "a number of 0 or more");
    }
    return new SampledStart(
        kind, values.integer("samples", 1), unigram, power, values.integer("seed", 0));
  }

  @Override
  public TokenObjective start(LossContext context) {
    Sampler sampler =
        unigram
            ? Sampler.unigram(context.device(), context.counts(), power, seed)
            : Sampler.logUniform(context.device(), context.classes(), seed);
    Projection projection = context.network().projection();
    return new SampledObjective(
        new Sampled(
            kind,
            sampler,
            samples,
            projection.weights(),
            projection.gradients(),
            context.tokens(),
            CrossEntropyOptions.DEFAULT_IGNORE_INDEX,
            Reduction.MEAN));
  }
}
