package dev.surprisal.oracle;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adaptive softmax (Grave et al. 2017), as PyTorch's AdaptiveLogSoftmaxWithLoss. With cutoffs
 * c<sub>0</sub> &lt; c<sub>1</sub> &lt; … and V behind the last, the head decides between the
 * classes below c<sub>0</sub> and one cluster for each [c<sub>i</sub>, c<sub>i+1</sub>), whose tail
 * decides between its classes: log q<sub>v</sub> = log head<sub>cluster</sub> + log
 * tail<sub>v</sub>.
 *
 * <p>Weights go by PyTorch's names: head.weight [c<sub>0</sub> + clusters, D], head.bias if there
 * is one, and for each tail tail.i.0.weight [D<sub>i</sub>, D] and tail.i.1.weight [classes of the
 * cluster, D<sub>i</sub>], with D<sub>i</sub> = ⌊D / div<sup>i+1</sup>⌋.
 */
public final class AdaptiveSoftmaxOracle {
  private final int width;
  private final int[] cutoffs;
  private final Map<String, double[]> weights;

  /**
   * An adaptive softmax.
   *
   * @param width D, of hidden states
   * @param classes V
   * @param cutoffs below V
   * @param weights by their names
   */
  public AdaptiveSoftmaxOracle(
      int width, int classes, int[] cutoffs, Map<String, double[]> weights) {
    this.width = width;
    this.cutoffs = Arrays.copyOf(cutoffs, cutoffs.length + 1);
    this.cutoffs[cutoffs.length] = classes;
    this.weights = weights;
  }

  /**
   * Losses and gradients.
   *
   * @param losses −log q of each target, [rows]
   * @param hidden gradient of the hidden states, [rows, D]
   * @param weights gradients of the weights, by their names
   */
  public record Result(double[] losses, double[] hidden, Map<String, double[]> weights) {}

  /**
   * The losses of targets and every gradient.
   *
   * @param hidden h, [rows, D]
   * @param targets [rows]
   * @param upstream gradient of each loss, [rows]
   * @return losses and gradients
   */
  public Result loss(double[] hidden, int[] targets, double[] upstream) {
    Map<String, double[]> gradients = new LinkedHashMap<>();
    weights.forEach((name, weight) -> gradients.put(name, new double[weight.length]));
    double[] losses = new double[targets.length];
    double[] gradHidden = new double[hidden.length];
    for (int row = 0; row < targets.length; row++) {
      double[] h = Arrays.copyOfRange(hidden, row * width, (row + 1) * width);
      int tail = tailOf(targets[row]);
      int choice = tail < 0 ? targets[row] : cutoffs[0] + tail;
      double[] gradHead = new double[headClasses()];
      losses[row] = loss(head(h), choice, upstream[row], gradHead);
      double[] gradH = new double[width];
      add(linear("head", h, gradHead, gradients), gradH);
      if (tail >= 0) {
        double[] narrow = linear(tail(tail, 0), h);
        double[] gradTail = new double[cutoffs[tail + 1] - cutoffs[tail]];
        losses[row] +=
            loss(softmax(tail, narrow), targets[row] - cutoffs[tail], upstream[row], gradTail);
        double[] gradNarrow = linear(tail(tail, 1), narrow, gradTail, gradients);
        add(linear(tail(tail, 0), h, gradNarrow, gradients), gradH);
      }
      System.arraycopy(gradH, 0, gradHidden, row * width, width);
    }
    return new Result(losses, gradHidden, gradients);
  }

  /**
   * The log-probability of every class.
   *
   * @param hidden h, [rows, D]
   * @return log q, [rows, V]
   */
  public double[] logProbabilities(double[] hidden) {
    int rows = hidden.length / width;
    int classes = cutoffs[cutoffs.length - 1];
    double[] logProbabilities = new double[rows * classes];
    for (int row = 0; row < rows; row++) {
      double[] h = Arrays.copyOfRange(hidden, row * width, (row + 1) * width);
      SoftmaxOracle head = head(h);
      for (int v = 0; v < cutoffs[0]; v++) {
        logProbabilities[row * classes + v] = head.log(v);
      }
      for (int tail = 0; tail < cutoffs.length - 1; tail++) {
        SoftmaxOracle q = softmax(tail, linear(tail(tail, 0), h));
        for (int v = cutoffs[tail]; v < cutoffs[tail + 1]; v++) {
          logProbabilities[row * classes + v] =
              head.log(cutoffs[0] + tail) + q.log(v - cutoffs[tail]);
        }
      }
    }
    return logProbabilities;
  }

  /**
   * The most probable class of each row.
   *
   * @param hidden h, [rows, D]
   * @return classes, [rows]
   */
  public int[] predict(double[] hidden) {
    int classes = cutoffs[cutoffs.length - 1];
    double[] logProbabilities = logProbabilities(hidden);
    int[] predicted = new int[hidden.length / width];
    for (int i = 0; i < logProbabilities.length; i++) {
      int row = i / classes;
      if (logProbabilities[i] > logProbabilities[row * classes + predicted[row]]) {
        predicted[row] = i % classes;
      }
    }
    return predicted;
  }

  /** Which tail a class is in; −1 if the head has it. */
  private int tailOf(int target) {
    int tail = -1;
    while (target >= cutoffs[tail + 1]) {
      tail++;
    }
    return tail;
  }

  private int headClasses() {
    return cutoffs[0] + cutoffs.length - 1;
  }

  private SoftmaxOracle head(double[] h) {
    return new SoftmaxOracle(linear("head", h));
  }

  private SoftmaxOracle softmax(int tail, double[] narrow) {
    return new SoftmaxOracle(linear(tail(tail, 1), narrow));
  }

  private static String tail(int tail, int layer) {
    return "tail." + tail + "." + layer;
  }

  /** W x + b. */
  private double[] linear(String name, double[] x) {
    double[] weight = weights.get(name + ".weight");
    int out = weight.length / x.length;
    double[] bias = weights.getOrDefault(name + ".bias", new double[out]);
    return LinearOracle.forward(x, weight, bias, x.length, out);
  }

  /** Adds to the gradients of W and b; the gradient of x. */
  private double[] linear(
      String name, double[] x, double[] gradOutput, Map<String, double[]> gradients) {
    LinearOracle.Gradients d =
        LinearOracle.backward(
            x, weights.get(name + ".weight"), gradOutput, x.length, gradOutput.length);
    add(d.weight(), gradients.get(name + ".weight"));
    if (gradients.containsKey(name + ".bias")) {
      add(d.bias(), gradients.get(name + ".bias"));
    }
    return d.x();
  }

  /** −log q of the target; its gradient times what arrives is written. */
  private static double loss(SoftmaxOracle q, int target, double upstream, double[] gradient) {
    for (int k = 0; k < gradient.length; k++) {
      gradient[k] = upstream * (k == target ? -q.not(k) : q.of(k));
    }
    return -q.log(target);
  }

  private static void add(double[] values, double[] sum) {
    for (int i = 0; i < values.length; i++) {
      sum[i] += values[i];
    }
  }
}
