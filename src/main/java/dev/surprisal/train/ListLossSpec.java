package dev.surprisal.train;

import dev.surprisal.device.SequenceOptions;
import java.util.List;

/** The choice of a loss of n-best lists, which {@link NBestTrainer} trains with. */
public final class ListLossSpec extends LossSpec {
  private static final LossOption SCALE =
      new LossOption("scale", "1", "factor on the log-probabilities of hypotheses");
  private static final LossOption LIKELIHOOD =
      new LossOption("likelihood", "0", "weight of the cheapest hypothesis's surprisal");
  private static final LossOption NORMALISED =
      new LossOption("normalised", "false", "whether log-probabilities are divided by the length");

  static final List<LossOption> OF_RISK = List.of(SCALE, LIKELIHOOD, NORMALISED);
  static final List<LossOption> OF_RANKING =
      List.of(
          SCALE,
          new LossOption("margin", "1", "smallest wanted distance of a pair's scores"),
          LIKELIHOOD,
          NORMALISED);

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
