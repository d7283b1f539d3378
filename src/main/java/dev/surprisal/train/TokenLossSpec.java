package dev.surprisal.train;

import dev.surprisal.nn.HeadConfig;
import java.util.Optional;

/** The choice of a loss of tokens, which {@link Trainer} trains with. */
public final class TokenLossSpec extends LossSpec {
  private final Start start;
  private final HeadConfig head;

  /** Makes the loss of a run, once sizes and device are known. */
  @FunctionalInterface
  interface Start {
    TokenObjective start(LossContext context);
  }

  /** A loss that works on a projection. */
  TokenLossSpec(LossValues values, Start start) {
    super(values);
    this.start = start;
    head = null;
  }

  /** A loss that works on an adaptive softmax. */
  TokenLossSpec(LossValues values, AdaptiveStart start) {
    super(values);
    this.start = start;
    head = start.head();
  }

  /**
   * Returns the last layer that the loss needs, if it is not a projection.
   *
   * @return an adaptive softmax, or empty for a projection
   */
  public Optional<HeadConfig> head() {
    return Optional.ofNullable(head);
  }

  /** Makes the loss of a run. */
  TokenObjective start(LossContext context) {
    HeadConfig found = context.network().headConfig();
    if (head == null ? found instanceof HeadConfig.Adaptive : !head.equals(found)) {
      throw new IllegalArgumentException(
          "the loss "
              + kind().name()
              + " takes a model with "
              + head().orElse(HeadConfig.PROJECTION)
              + ", found one with "
              + found);
    }
    return start.start(context);
  }
}
