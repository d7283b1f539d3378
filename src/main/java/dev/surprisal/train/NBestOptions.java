package dev.surprisal.train;

import dev.surprisal.device.SequenceOptions;

/**
 * How a model is trained on n-best lists.
 *
 * @param loss of a list
 * @param lists how many a step takes, 1 or more; the last of an epoch takes what is left
 * @param learningRate Adam's, above 0
 * @param clip the largest gradient norm; 0 for no clipping
 * @param epochs how many times through the lists, 1 or more
 * @param seed of their order
 */
public record NBestOptions(
    SequenceOptions loss, int lists, double learningRate, double clip, long epochs, long seed) {
  /**
   * Checks the options.
   *
   * @param loss of a list
   * @param lists how many a step takes, 1 or more
   * @param learningRate Adam's, above 0
   * @param clip the largest gradient norm; 0 for no clipping
   * @param epochs how many times through the lists, 1 or more
   * @param seed of their order
   * @throws IllegalArgumentException if one is outside its range
   */
  public NBestOptions {
    require(lists >= 1, "1 n-best list a step or more", lists);
    require(
        (float) learningRate > 0 && Float.isFinite((float) learningRate),
        "a learning rate above 0 and finite as a float",
        learningRate);
    require(clip >= 0 && Double.isFinite(clip), "a finite clipping norm of 0 or more", clip);
    require(epochs >= 1, "1 epoch or more", epochs);
  }

  private static void require(boolean holds, String expected, Number found) {
    if (!holds) {
      throw new IllegalArgumentException("training takes " + expected + ", found " + found);
    }
  }
}
