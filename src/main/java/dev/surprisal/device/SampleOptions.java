package dev.surprisal.device;

/**
 * How a token is drawn from logits. The filters apply in this order: temperature, top-k, top-p.
 *
 * @param temperature what logits are divided by; 0 takes the most probable token
 * @param topK only the k most probable tokens are drawn from; 0 for all
 * @param topP only the most probable tokens are drawn from, as few as have this much probability
 *     together; 1 for all (Holtzman et al. 2020, nucleus sampling)
 */
public record SampleOptions(float temperature, int topK, float topP) {
  /** The model's own distribution. */
  public static final SampleOptions DEFAULT = new SampleOptions(1, 0, 1);

  /**
   * Checks the options.
   *
   * @param temperature what logits are divided by; 0 takes the most probable token
   * @param topK only the k most probable tokens are drawn from; 0 for all
   * @param topP only the most probable tokens are drawn from, as few as have this much probability
   *     together; 1 for all (Holtzman et al. 2020, nucleus sampling)
   * @throws IllegalArgumentException if one is outside its range
   */
  public SampleOptions {
    if (!(temperature >= 0 && temperature < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a temperature is a finite number of 0 or more, found " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top-k is 0 (all) or more, found " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p is a number in (0, 1], found " + topP);
    }
  }
}
