package dev.surprisal.train;

import dev.surprisal.loss.Sampled;

/** A loss over sampled classes, which are drawn at every step. */
final class SampledObjective extends TokenObjective {
  private final Sampled loss;

  SampledObjective(Sampled loss) {
    super(loss, loss.targets()::write);
    this.loss = loss;
  }

  @Override
  public void resume(long steps) {
    loss.sampler().next(steps);
  }
}
