package dev.surprisal.train;

import dev.surprisal.device.SequenceOptions;

/** The choice of a loss of n-best lists, which {@link NBestTrainer} trains with. */
public final class ListLossSpec extends LossSpec {
  private final SequenceOptions options;

  ListLossSpec(SequenceOptions.Kind kind, LossValues values) {
    super(values);
    options =
        new SequenceOptions(
            kind,
            values.number("scale"),
            kind == SequenceOptions.Kind.RANKING ? values.number("margin") : 0,
            values.number("likelihood"),
            values.flag("normalised"));
  }

  /**
   * Returns the loss of a list and its options.
   *
   * @return what {@link NBestOptions} takes
   */
  public SequenceOptions options() {
    return options;
  }
}
