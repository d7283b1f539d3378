package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A distribution P over classes, from which {@link Sampled} draws classes with replacement.
 *
 * <p>Not thread-safe. Close it before its device.
 */
public final class Sampler implements AutoCloseable {
  private final Arena arena;
  private final long classes;
  private final long seed;
  private final Tensor logProbabilities;
  private final Tensor sequence;
  private final Tensor thresholds;
  private final Tensor aliases;

  private Sampler(Device device, double[] probabilities, AliasTable table, long seed) {
    classes = probabilities.length;
    this.seed = seed;
    arena = new Arena(device);
    try {
      logProbabilities = arena.allocate(DType.FLOAT32, classes);
      sequence = arena.allocate(DType.INT64, 1);
      thresholds = table == null ? null : arena.allocate(DType.FLOAT32, classes);
      aliases = table == null ? null : arena.allocate(DType.INT32, classes);
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
    float[] logs = new float[probabilities.length];
    for (int v = 0; v < logs.length; v++) {
      logs[v] = (float) Math.log(probabilities[v]);
    }
    logProbabilities.write(logs);
    if (table != null) {
      thresholds.write(table.thresholds());
      aliases.write(table.aliases());
    }
    next(0);
  }

  /**
   * Creates P(v) = log((v + 2) / (v + 1)) / log(V + 1), the distribution of words numbered by
   * falling frequency (Zipf).
   *
   * @param device that draws
   * @param classes V, 1 or more
   * @param seed of the random numbers
   * @return a sampler that the caller closes
   * @throws IllegalArgumentException if V is 0
   */
  public static Sampler logUniform(Device device, int classes, long seed) {
    if (classes < 1) {
      throw new IllegalArgumentException("a sampler draws from 1 class or more, found " + classes);
    }
    double[] probabilities = new double[classes];
    double all = Math.log1p(classes);
    Arrays.setAll(probabilities, v -> Math.log1p(1 / (v + 1.0)) / all);
    return new Sampler(device, probabilities, null, seed);
  }

  /**
   * Creates P(v) = counts[v]^power / Σ_u counts[u]^power. A power of 0.75 is word2vec's (Mikolov et
   * al. 2013), 1 gives the frequencies themselves, 0 the uniform distribution.
   *
   * @param device that draws
   * @param counts the number of occurrences of each of V classes, all above 0
   * @param power finite, 0 or more
   * @param seed of the random numbers
   * @return a sampler that the caller closes
   * @throws IllegalArgumentException if V is 0, a count is not above 0, or the power is out of
   *     range
   */
  public static Sampler unigram(Device device, long[] counts, double power, long seed) {
    if (counts.length < 1) {
      throw new IllegalArgumentException("a sampler draws from 1 class or more, found none");
    }
    if (!(power >= 0 && power < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a sampler takes a finite power of 0 or more, found " + power);
    }
    // Relative to the largest, so that no power overflows a double.
    double largest = Arrays.stream(counts).max().getAsLong();
    double[] probabilities = new double[counts.length];
    double sum = 0;
    for (int v = 0; v < counts.length; v++) {
      if (counts[v] < 1) {
        throw new IllegalArgumentException(
            "a sampler takes counts above 0, found " + counts[v] + " of class " + v);
      }
      probabilities[v] = Math.pow(counts[v] / largest, power);
      if (probabilities[v] < Float.MIN_NORMAL) {
        throw new IllegalArgumentException(
            "a power of " + power + " makes the probability of class " + v + " zero");
      }
      sum += probabilities[v];
    }
    for (int v = 0; v < counts.length; v++) {
      probabilities[v] /= sum;
    }
    return new Sampler(device, probabilities, AliasTable.of(probabilities), seed);
  }

  /**
   * Draws classes, different ones at every call, also when the call is recorded.
   *
   * @param samples receives the classes, INT32 of any size
   */
  public void draw(Tensor samples) {
    arena
        .device()
        .kernels()
        .losses()
        .drawClasses(thresholds, aliases, classes, seed, sequence, samples);
  }

  /**
   * Sets the number of the next draw, so that a resumed run draws what an uninterrupted one would.
   *
   * @param draw the number of draws before it, 0 at first
   */
  public void next(long draw) {
    sequence.write(0, ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, draw));
  }

  /**
   * Returns the log-probability of each class.
   *
   * @return log P, [V]
   */
  public Tensor logProbabilities() {
    return logProbabilities;
  }

  /**
   * Returns the number of classes.
   *
   * @return V
   */
  public long classes() {
    return classes;
  }

  @Override
  public void close() {
    arena.close();
  }
}
