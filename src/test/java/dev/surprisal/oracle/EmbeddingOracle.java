package dev.surprisal.oracle;

/** Embedding lookup: y<sub>i</sub> = W<sub>token(i)</sub>. */
public final class EmbeddingOracle {
  private EmbeddingOracle() {}

  /**
   * Looks the tokens up.
   *
   * @param weight W, [vocabulary, width]
   * @param tokens token of each row
   * @param width width of a row
   * @return y, [tokens, width]
   */
  public static double[] forward(double[] weight, int[] tokens, int width) {
    double[] y = new double[tokens.length * width];
    for (int i = 0; i < tokens.length; i++) {
      for (int e = 0; e < width; e++) {
        y[i * width + e] = weight[tokens[i] * width + e];
      }
    }
    return y;
  }

  /**
   * The gradient of the weight: dW<sub>v</sub> = Σ dy<sub>i</sub> over all i with token(i) = v, but
   * 0 for the padding token.
   *
   * @param gradOutput dy, [tokens, width]
   * @param tokens token of each row
   * @param vocabulary number of rows of W
   * @param width width of a row
   * @param padding the token that gets no gradient; −1 for none
   * @return dW, [vocabulary, width]
   */
  public static double[] backward(
      double[] gradOutput, int[] tokens, int vocabulary, int width, int padding) {
    double[] gradWeight = new double[vocabulary * width];
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] != padding) {
        for (int e = 0; e < width; e++) {
          gradWeight[tokens[i] * width + e] += gradOutput[i * width + e];
        }
      }
    }
    return gradWeight;
  }
}
