package dev.surprisal.train;

import dev.surprisal.device.SequenceOptions;
import java.util.List;

/**
 * A loss of n-best lists, which an {@link NBestTrainer} trains with.
 *
 * @param sequences how lists are judged
 */
record SequenceStart(SequenceOptions sequences) implements LossKind.Start {
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
          new LossOption("margin", "1", "how far apart the scores of a pair shall be"),
          LIKELIHOOD,
          NORMALISED);

  static SequenceStart of(SequenceOptions.Kind kind, LossValues values) {
    boolean ranks = kind == SequenceOptions.Kind.RANKING;
    boolean normalised =
        switch (values.text("normalised")) {
          case "true" -> true;
          case "false" -> false;
          default -> throw values.refused("normalised", "true or false");
        };
    return new SequenceStart(
        new SequenceOptions(
            kind,
            values.number("scale"),
            ranks ? values.number("margin") : 0,
            values.number("likelihood"),
            normalised));
  }

  @Override
  public Objective start(LossContext context) {
    throw new IllegalArgumentException(
        "a loss of n-best lists is no loss of a text: train with it on lists");
  }
}
