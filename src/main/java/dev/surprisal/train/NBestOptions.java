package dev.surprisal.train;

import dev.surprisal.device.SequenceOptions;
import dev.surprisal.optim.OptimizerSpec;

/**
 * The options of training on n-best lists.
 *
 * @param loss of a list
 * @param lists the number of lists in a step, 1 or more; the last step of an epoch takes the rest
 * @param optimizer the update rule, its learning rate and gradient clipping
 * @param epochs the number of passes over the lists, 1 or more
 * @param seed of the order of the lists
 */
public record NBestOptions(
    SequenceOptions loss, int lists, OptimizerSpec optimizer, long epochs, long seed) {
  /**
   * Checks the options.
   *
   * @param loss of a list
   * @param lists the number of lists in a step, 1 or more
   * @param optimizer the update rule, its learning rate and gradient clipping
   * @param epochs the number of passes over the lists, 1 or more
   * @param seed of the order of the lists
   * @throws IllegalArgumentException if a value is outside its range
   */
  public NBestOptions {
    Require.option(lists >= 1, "1 n-best list a step or more", lists);
    Require.option(epochs >= 1, "1 epoch or more", epochs);
  }
}
