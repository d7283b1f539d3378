package dev.surprisal.nn;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Adaptive softmax (Grave et al. 2017), as torch.nn.AdaptiveLogSoftmaxWithLoss: a head decides
 * between the S classes below the first cutoff and one entry for each of C clusters, and the tail
 * of a cluster, which has fewer hidden units, decides between its classes. With classes sorted by
 * frequency most tokens need only the small head.
 *
 * <p>Parameters have PyTorch's names: {@code head.weight} [S + C, H], {@code head.bias} if there is
 * one, and for cluster i {@code tail.i.0.weight} [h, H] and {@code tail.i.1.weight} [K, h], with K
 * classes and h = ⌊H / div^(i+1)⌋.
 */
public final class AdaptiveSoftmax implements Head {
  /** The memory that the logits of a chunk of rows take, in bytes. */
  private static final long CHUNK_BYTES = 32L << 20;

  private final Parameters parameters;
  private final Kernels kernels;
  private final HeadConfig.Adaptive config;
  private final List<String> weightNames = new ArrayList<>();
  private final LinearWeights head;
  private final LinearWeights headGradients;
  private final List<Cluster> clusters = new ArrayList<>();
  private final long classes;
  private final long shortlist;
  private final long mostOutputs;
  private final long mostUnits;
  private Tensor scratch;

  /**
   * Classes that share a tail.
   *
   * @param first the lowest of them
   * @param narrowing to fewer hidden units, [h, H]
   * @param output to the classes, [K, h]
   * @param narrowingGradient of its weight
   * @param outputGradient of its weight
   */
  public record Cluster(
      long first,
      Tensor narrowing,
      Tensor output,
      Tensor narrowingGradient,
      Tensor outputGradient) {
    /**
     * Returns the number of classes.
     *
     * @return K
     */
    public long classes() {
      return output.shape().size(0);
    }

    /**
     * Returns the number of hidden units.
     *
     * @return h
     */
    public long units() {
      return output.shape().size(1);
    }
  }

  /**
   * Creates a layer over parameters that {@link #parameters} declared.
   *
   * @param parameters holds them
   * @param name of the layer
   * @param config cutoffs, divisor, bias
   */
  public AdaptiveSoftmax(Parameters parameters, String name, HeadConfig.Adaptive config) {
    this.parameters = parameters;
    this.kernels = parameters.device().kernels();
    this.config = config;
    String headWeight = name + ".head.weight";
    String headBias = name + ".head.bias";
    weightNames.add(headWeight);
    boolean biased = config.headBias();
    head =
        new LinearWeights(parameters.value(headWeight), biased ? parameters.value(headBias) : null);
    headGradients =
        new LinearWeights(
            parameters.gradient(headWeight), biased ? parameters.gradient(headBias) : null);
    if (biased) {
      weightNames.add(headBias);
    }
    long outputs = head.weight().shape().size(0);
    long units = 0;
    long end = config.cutoffs().get(0);
    shortlist = end;
    for (int i = 0; i < config.cutoffs().size(); i++) {
      String narrowing = tail(name, i, 0);
      String output = tail(name, i, 1);
      weightNames.add(narrowing);
      weightNames.add(output);
      Cluster cluster =
          new Cluster(
              end,
              parameters.value(narrowing),
              parameters.value(output),
              parameters.gradient(narrowing),
              parameters.gradient(output));
      clusters.add(cluster);
      end += cluster.classes();
      outputs = Math.max(outputs, cluster.classes());
      units = Math.max(units, cluster.units());
    }
    classes = end;
    mostOutputs = outputs;
    mostUnits = units;
  }

  /**
   * Declares the parameters of a layer.
   *
   * @param name of the layer
   * @param inputSize H
   * @param classes V
   * @param config cutoffs below V, divisor, bias
   * @return the weights of head and tails
   * @throws IllegalArgumentException if a cutoff leaves the last cluster no class, or a cluster
   *     would have no hidden unit
   */
  public static List<ParameterSpec> parameters(
      String name, long inputSize, long classes, HeadConfig.Adaptive config) {
    List<Integer> cutoffs = config.cutoffs();
    int last = cutoffs.get(cutoffs.size() - 1);
    if (last >= classes) {
      throw new IllegalArgumentException(
          "the cutoffs of an adaptive softmax over "
              + classes
              + " classes are at most "
              + (classes - 1)
              + ", found "
              + last);
    }
    List<ParameterSpec> specs = new ArrayList<>();
    long outputs = cutoffs.get(0) + (long) cutoffs.size();
    specs.add(new ParameterSpec(name + ".head.weight", Shape.of(outputs, inputSize)));
    if (config.headBias()) {
      specs.add(new ParameterSpec(name + ".head.bias", Shape.of(outputs)));
    }
    for (int i = 0; i < cutoffs.size(); i++) {
      long units = units(inputSize, config.divValue(), i);
      long end = i + 1 < cutoffs.size() ? cutoffs.get(i + 1) : classes;
      specs.add(new ParameterSpec(tail(name, i, 0), Shape.of(units, inputSize)));
      specs.add(new ParameterSpec(tail(name, i, 1), Shape.of(end - cutoffs.get(i), units)));
    }
    return specs;
  }

  /** Python's inputSize // div ** (cluster + 1). */
  private static long units(long inputSize, double divValue, int cluster) {
    double divisor = Math.pow(divValue, cluster + 1);
    long units = (long) Math.rint((inputSize - inputSize % divisor) / divisor);
    if (units < 1) {
      throw new IllegalArgumentException(
          "cluster "
              + (cluster + 1)
              + " of an adaptive softmax would have no hidden unit: "
              + inputSize
              + " divided by "
              + divValue
              + " to the power of "
              + (cluster + 1)
              + " is below 1; take a smaller divisor or fewer cutoffs");
    }
    return units;
  }

  private static String tail(String name, int cluster, int layer) {
    return name + ".tail." + cluster + "." + layer + ".weight";
  }

  /** Draws each weight from U(−1/√n, 1/√n) with n its number of inputs, as PyTorch does. */
  @Override
  public void initialise(long seed) {
    for (String name : weightNames) {
      Tensor weight = parameters.value(name);
      boolean isMatrix = weight.shape().rank() == 2;
      float bound = (float) (1 / Math.sqrt(isMatrix ? weight.shape().size(1) : width()));
      kernels.uniform(-bound, bound, seed, parameters.index(name), weight);
    }
  }

  /** Computes log-probabilities, which are logits of their own. */
  @Override
  public void logits(Tensor hidden, Tensor logits) {
    logProbabilities(hidden, logits);
  }

  /**
   * Computes the log-probabilities of all classes.
   *
   * @param hidden N·H elements
   * @param output N·V elements
   * @throws IllegalArgumentException if the numbers of elements do not fit
   */
  public void logProbabilities(Tensor hidden, Tensor output) {
    long rows = rows(hidden);
    if (output.elements() != rows * classes) {
      throw new IllegalArgumentException(
          "adaptive softmax: expected room for "
              + rows
              + " rows of "
              + classes
              + " classes, found "
              + output.shape());
    }
    long chunk = Math.min(rows, Math.max(1, CHUNK_BYTES / DType.FLOAT32.bytes() / mostOutputs));
    long headOutputs = head.weight().shape().size(0);
    Tensor room = room(chunk * (headOutputs + mostUnits + mostOutputs));
    for (long first = 0; first < rows; first += chunk) {
      long count = Math.min(chunk, rows - first);
      Tensor x = hidden.slice(first * width(), count, width());
      Tensor to = output.slice(first * classes, count, classes);
      Tensor choices = room.slice(0, count, headOutputs);
      kernels.linear(head.weight(), head.bias(), x, choices);
      // Entries of clusters are written over by the classes that begin there.
      kernels.losses().logSoftmax(choices, null, 0, to, 0);
      kernels.losses().logSoftmax(choices, null, 0, choices, 0);
      for (int i = 0; i < clusters.size(); i++) {
        Cluster cluster = clusters.get(i);
        Tensor narrow = room.slice(chunk * headOutputs, count, cluster.units());
        Tensor z = room.slice(chunk * (headOutputs + mostUnits), count, cluster.classes());
        kernels.linear(cluster.narrowing(), null, x, narrow);
        kernels.linear(cluster.output(), null, narrow, z);
        kernels.losses().logSoftmax(z, choices, shortlist + i, to, cluster.first());
      }
    }
  }

  /**
   * Finds the most probable class of each row, of equal ones the lowest.
   *
   * @param hidden N·H elements
   * @param predicted N elements, INT32
   * @param logProbabilities N elements: theirs
   * @throws IllegalArgumentException if the numbers of elements do not fit
   */
  public void predict(Tensor hidden, Tensor predicted, Tensor logProbabilities) {
    long rows = rows(hidden);
    if (predicted.elements() != rows || logProbabilities.elements() != rows) {
      throw new IllegalArgumentException(
          "adaptive softmax: expected room for "
              + rows
              + " predictions and their log-probabilities, found "
              + predicted.shape()
              + " and "
              + logProbabilities.shape());
    }
    long chunk = Math.max(1, Math.min(rows, CHUNK_BYTES / DType.FLOAT32.bytes() / classes));
    try (Predictor predictor = new Predictor(device(), this, chunk)) {
      predictor.topK(
          hidden.view(rows, width()), predicted.view(rows, 1), logProbabilities.view(rows, 1));
    }
  }

  private long rows(Tensor hidden) {
    if (hidden.elements() % width() != 0) {
      throw new IllegalArgumentException(
          "adaptive softmax: expected hidden states of " + width() + ", found " + hidden.shape());
    }
    return hidden.elements() / width();
  }

  /** Returns scratch memory; calls share it, so that generating a text allocates once. */
  private Tensor room(long elements) {
    if (scratch == null || scratch.elements() < elements) {
      close();
      scratch = parameters.device().allocate(DType.FLOAT32, elements);
    }
    return scratch;
  }

  @Override
  public long classes() {
    return classes;
  }

  @Override
  public long width() {
    return head.weight().shape().size(1);
  }

  /**
   * Returns the number of classes that the head decides without a tail.
   *
   * @return S, which is the first cutoff
   */
  public long shortlist() {
    return shortlist;
  }

  /**
   * Returns the parameters of the head.
   *
   * @return weight [S + C, H], and bias [S + C] or null
   */
  public LinearWeights head() {
    return head;
  }

  /**
   * Returns the gradients of the head.
   *
   * @return as {@link #head}
   */
  public LinearWeights headGradients() {
    return headGradients;
  }

  /**
   * Returns the clusters.
   *
   * @return C of them, in the order of their classes
   */
  public List<Cluster> clusters() {
    return List.copyOf(clusters);
  }

  /**
   * Returns the configuration.
   *
   * @return cutoffs, divisor, bias
   */
  public HeadConfig.Adaptive config() {
    return config;
  }

  /**
   * Returns the device that it computes on.
   *
   * @return the device
   */
  public Device device() {
    return parameters.device();
  }

  @Override
  public void close() {
    if (scratch != null) {
      scratch.close();
      scratch = null;
    }
  }
}
