package dev.surprisal.device.cpu;

import dev.surprisal.device.SampleOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;
import java.util.Arrays;

/**
 * Tokens drawn from logits: sorted by falling probability, filtered by top-k and top-p, drawn by
 * inverting the distribution.
 */
final class SampleOp implements CpuTask {
  private final Workers workers;
  private final Floats logits = new Floats();
  private SampleOptions options;
  private int[] drawn = new int[0];
  private long seed;
  private long counter;
  private int classes;

  SampleOp(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor newLogits, SampleOptions newOptions, long newSeed, long newCounter, Tensor to) {
    int rows = Math.toIntExact(newLogits.shape().size(0));
    classes = Math.toIntExact(newLogits.shape().size(1));
    logits.set(newLogits);
    options = newOptions;
    seed = newSeed;
    counter = newCounter;
    if (drawn.length != rows) {
      drawn = new int[rows];
    }
    workers.run(this, rows);
    to.write(drawn);
  }

  @Override
  public void run(int row, Scratch scratch) {
    float[] z = scratch.block(0, classes);
    long[] keys = scratch.keys(classes);
    logits.read(row * (long) classes, z, 0, classes);
    for (int v = 0; v < classes; v++) {
      if (Float.isNaN(z[v])) {
        throw ValueErrors.noLargestLogit(row, z[v]);
      }
      keys[v] = Ranks.of(z[v], v);
    }
    Arrays.sort(keys, 0, classes);
    float largest = z[Ranks.index(keys[0])];
    if (Float.isInfinite(largest)) {
      throw ValueErrors.noLargestLogit(row, largest);
    }
    drawn[row] = options.temperature() == 0 ? Ranks.index(keys[0]) : draw(row, z, keys, scratch);
  }

  private int draw(int row, float[] z, long[] keys, Scratch scratch) {
    int kept = options.topK() == 0 ? classes : Math.min(options.topK(), classes);
    double largest = z[Ranks.index(keys[0])];
    double total = 0;
    for (int i = 0; i < kept; i++) {
      total += term(z[Ranks.index(keys[i])], largest);
    }
    double nucleus = 0;
    int end = 0;
    while (end < kept && (end == 0 || nucleus < options.topP() * total)) {
      nucleus += term(z[(int) keys[end++]], largest);
    }
    int[] words = scratch.tokens(4);
    Philox.words(row, counter, seed, words);
    double rest = (1 - Philox.positive(words[0])) * nucleus;
    for (int i = 0; i < end; i++) {
      rest -= term(z[Ranks.index(keys[i])], largest);
      if (rest < 0) {
        return Ranks.index(keys[i]);
      }
    }
    return Ranks.index(keys[0]);
  }

  private double term(float logit, double largest) {
    return StrictMath.exp((logit - largest) / options.temperature());
  }
}
