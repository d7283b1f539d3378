package dev.surprisal;

/**
 * The result of an evaluation: how well a model predicts a text.
 *
 * @param loss the mean surprisal of a token, −log p(token | history), in nats
 * @param tokens the number of predicted tokens
 */
public record Evaluation(double loss, long tokens) {
  /**
   * Returns the perplexity.
   *
   * @return e to the power of the loss
   */
  public double perplexity() {
    return Math.exp(loss);
  }

  /**
   * Returns the surprisal of the whole text in bits, divided by its number of characters. It
   * compares models with different tokens.
   *
   * @param characters the length of the text in code points
   * @return bits per character
   */
  public double bitsPerCharacter(long characters) {
    return loss * tokens / Math.log(2) / characters;
  }
}
