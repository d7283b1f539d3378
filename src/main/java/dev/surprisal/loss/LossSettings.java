package dev.surprisal.loss;

import dev.surprisal.device.LossOptions;
import java.util.Set;

/**
 * What losses of logits have in common.
 *
 * @param reduction what becomes of the losses of single tokens
 * @param options what is done to the logits and added to the loss
 * @param statistics what else is wanted
 */
public record LossSettings(Reduction reduction, LossOptions options, Set<Statistic> statistics) {
  /** The mean, and nothing else. */
  public static final LossSettings MEAN = of(Reduction.MEAN);

  /** The losses of single tokens, and nothing else. */
  public static final LossSettings NONE = of(Reduction.NONE);

  /**
   * Settings.
   *
   * @param reduction what becomes of the losses of single tokens
   * @param options what is done to the logits and added to the loss
   * @param statistics what else is wanted
   */
  public LossSettings {
    statistics = Set.copyOf(statistics);
  }

  /**
   * A reduction and nothing else.
   *
   * @param reduction what becomes of the losses of single tokens
   * @return settings
   */
  public static LossSettings of(Reduction reduction) {
    return new LossSettings(reduction, LossOptions.NONE, Set.of());
  }

  /**
   * The same with other options.
   *
   * @param other what is done to the logits and added to the loss
   * @return settings
   */
  public LossSettings with(LossOptions other) {
    return new LossSettings(reduction, other, statistics);
  }

  /**
   * The same with statistics.
   *
   * @param wanted all that are
   * @return settings
   */
  public LossSettings with(Statistic... wanted) {
    return new LossSettings(reduction, options, Set.of(wanted));
  }
}
