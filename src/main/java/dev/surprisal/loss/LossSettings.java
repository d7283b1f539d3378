package dev.surprisal.loss;

import dev.surprisal.device.LossOptions;
import java.util.Set;

/**
 * The settings that all losses of logits have.
 *
 * @param reduction of the losses of single tokens
 * @param options scale and cap of the logits, and terms added to the loss
 * @param statistics to compute besides the loss
 */
public record LossSettings(Reduction reduction, LossOptions options, Set<Statistic> statistics) {
  /** The mean, without options and statistics. */
  public static final LossSettings MEAN = of(Reduction.MEAN);

  /** The losses of single tokens, without options and statistics. */
  public static final LossSettings NONE = of(Reduction.NONE);

  /**
   * Copies the set of statistics.
   *
   * @param reduction of the losses of single tokens
   * @param options scale and cap of the logits, and terms added to the loss
   * @param statistics to compute besides the loss
   */
  public LossSettings {
    statistics = Set.copyOf(statistics);
  }

  /**
   * Returns settings with a reduction, without options and statistics.
   *
   * @param reduction of the losses of single tokens
   * @return settings
   */
  public static LossSettings of(Reduction reduction) {
    return new LossSettings(reduction, LossOptions.NONE, Set.of());
  }

  /**
   * Returns these settings with other options.
   *
   * @param other scale and cap of the logits, and terms added to the loss
   * @return settings
   */
  public LossSettings with(LossOptions other) {
    return new LossSettings(reduction, other, statistics);
  }

  /**
   * Returns these settings with other statistics.
   *
   * @param wanted all statistics to compute
   * @return settings
   */
  public LossSettings with(Statistic... wanted) {
    return new LossSettings(reduction, options, Set.of(wanted));
  }
}
