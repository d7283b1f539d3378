package dev.surprisal;

/**
 * How well a model predicts a text.
 *
 * @param loss the mean surprisal of a token, −log p(token | history), in nats
 * @param tokens how many tokens were predicted
 */
public record Evaluation(double loss, long tokens) {
  /**
   * The perplexity.
   *
   * @return e to the power of the loss
   */
  public double perplexity() {
    return Math.exp(loss);
  }

  /**
   * The surprisal of the whole text in bits, shared out over its characters: a figure that models
   * with different tokens can be compared by.
   *
   * @param characters the length of the text in code points
   * @return bits per character
   */
  public double bitsPerCharacter(long characters) {
    return loss * tokens / Math.log(2) / characters;
  }
}
