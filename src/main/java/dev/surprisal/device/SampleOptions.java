package dev.surprisal.device;

/**
 * Options of drawing a token from logits. The filters apply in this order: temperature, top-k,
 * top-p.
 *
 * @param temperature divides the logits; 0 takes the most probable token
 * @param topK keeps the k most probable tokens; 0 keeps all
 * @param topP keeps the fewest most probable tokens whose probabilities sum to this; 1 keeps all
 *     (nucleus sampling, Holtzman et al. 2020)
 */
public record SampleOptions(float temperature, int topK, float topP) {
  /** The model's own distribution. */
  public static final SampleOptions DEFAULT = new SampleOptions(1, 0, 1);

  /**
   * Checks the options.
   *
   * @param temperature divides the logits; 0 takes the most probable token
   * @param topK keeps the k most probable tokens; 0 keeps all
   * @param topP keeps the fewest most probable tokens whose probabilities sum to this; 1 keeps all
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
