package dev.surprisal.oracle;

import java.util.Random;

/**
 * A random Markov chain of first order, whose entropy rate is known: H = −Σ<sub>i</sub>
 * π<sub>i</sub> Σ<sub>j</sub> P<sub>ij</sub> log P<sub>ij</sub>, with π the stationary
 * distribution. No model can predict its symbols at fewer nats each, but by chance.
 */
public final class MarkovSource {
  private final int symbols;
  private final double[] transition;
  private final double[] stationary;

  /**
   * A chain whose rows are softmax of normal values of deviation 2: a few likely successors, none
   * impossible.
   *
   * @param symbols how many, at least 1
   * @param seed same seed, same chain
   */
  public MarkovSource(int symbols, long seed) {
    this.symbols = symbols;
    this.transition = new double[symbols * symbols];
    Random random = new Random(seed);
    for (int i = 0; i < symbols; i++) {
      double sum = 0;
      for (int j = 0; j < symbols; j++) {
        transition[i * symbols + j] = Math.exp(2 * random.nextGaussian());
        sum += transition[i * symbols + j];
      }
      for (int j = 0; j < symbols; j++) {
        transition[i * symbols + j] /= sum;
      }
    }
    this.stationary = stationary();
  }

  /** Power iteration: every P<sub>ij</sub> is positive, so it converges geometrically. */
  private double[] stationary() {
    double[] current = new double[symbols];
    current[0] = 1;
    double change;
    do {
      double[] next = new double[symbols];
      for (int i = 0; i < symbols; i++) {
        for (int j = 0; j < symbols; j++) {
          next[j] += current[i] * transition[i * symbols + j];
        }
      }
      change = 0;
      for (int j = 0; j < symbols; j++) {
        change += Math.abs(next[j] - current[j]);
      }
      current = next;
    } while (change > 1e-14);
    return current;
  }

  /**
   * The entropy rate.
   *
   * @return H, in nats a symbol
   */
  public double entropyRate() {
    double rate = 0;
    for (int i = 0; i < symbols; i++) {
      for (int j = 0; j < symbols; j++) {
        double p = transition[i * symbols + j];
        rate -= stationary[i] * p * Math.log(p);
      }
    }
    return rate;
  }

  /**
   * A text that goes on from symbol 0.
   *
   * @param length how many symbols
   * @param seed same seed, same text
   * @return symbols from 0 to symbols − 1
   */
  public int[] generate(int length, long seed) {
    Random random = new Random(seed);
    int[] text = new int[length];
    int symbol = 0;
    for (int n = 0; n < length; n++) {
      symbol = successor(symbol, random.nextDouble());
      text[n] = symbol;
    }
    return text;
  }

  private int successor(int symbol, double u) {
    double sum = 0;
    for (int j = 0; j < symbols - 1; j++) {
      sum += transition[symbol * symbols + j];
      if (u < sum) {
        return j;
      }
    }
    return symbols - 1;
  }

  /**
   * What the source itself is surprised by each symbol but the first. No model does better on
   * average: what a model's loss on a text falls below their mean is overfitting or an error.
   *
   * @param text of this source
   * @return −log P(text[n + 1] | text[n]) for n from 0, in nats
   */
  public double[] surprisals(int[] text) {
    double[] surprisals = new double[text.length - 1];
    for (int n = 0; n < surprisals.length; n++) {
      surprisals[n] = -Math.log(transition[text[n] * symbols + text[n + 1]]);
    }
    return surprisals;
  }

  /**
   * The standard error of the mean of surprisals, from the means of 50 stretches of the text, as
   * neighbours are not independent.
   *
   * @param surprisals of a text, at least 50
   * @return standard error, in nats
   */
  public static double standardError(double[] surprisals) {
    int stretches = 50;
    int length = surprisals.length / stretches;
    double sum = 0;
    double squares = 0;
    for (int s = 0; s < stretches; s++) {
      double mean = 0;
      for (int n = s * length; n < (s + 1) * length; n++) {
        mean += surprisals[n] / length;
      }
      sum += mean;
      squares += mean * mean;
    }
    double variance = (squares - sum * sum / stretches) / (stretches - 1);
    return Math.sqrt(variance / stretches);
  }
}
