package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Classes drawn from an alias table or log-uniformly, two from each counter of {@link Philox}.
 *
 * <p>A sample takes 53 bits u. A log-uniform sample is ⌊(V + 1)^u⌋ − 1, where (V + 1)^u is the
 * product of those (V + 1)^(2^−k) whose bit in u is set. The factors are repeated square roots, and
 * only the products round, so every device draws the same samples.
 */
final class DrawClassesOp implements CpuTask {
  private static final int CHUNK = 1024;
  private static final int BITS = 53;

  /** The index of the alias, after the four words of Philox. */
  private static final int ALIAS = 4;

  private final Workers workers;
  private final Floats thresholds = new Floats();
  private final Ints aliases = new Ints();
  private final Ints samples = new Ints();
  private final double[] powers = new double[BITS];
  private final ByteBuffer stream = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
  private int[] drawn = new int[0];
  private long sequence;
  private long seed;
  private int classes;
  private int count;

  DrawClassesOp(Workers workers) {
    this.workers = workers;
  }

  void run(
      Tensor newThresholds,
      Tensor newAliases,
      int newClasses,
      long newSeed,
      Tensor newSequence,
      Tensor newSamples) {
    classes = newClasses;
    seed = newSeed;
    count = Math.toIntExact(newSamples.elements());
    thresholds.set(newThresholds);
    aliases.set(newAliases);
    samples.set(newSamples);
    if (drawn.length < count) {
      drawn = new int[count];
    }
    double power = classes + 1.0;
    for (int k = 0; k < BITS; k++) {
      power = Math.sqrt(power);
      powers[k] = power;
    }
    newSequence.read(0, stream.clear());
    sequence = stream.getLong(0);
    workers.run(this, (count + CHUNK - 1) / CHUNK);
    samples.write(0, drawn, 0, count);
    newSequence.write(0, stream.putLong(0, sequence + 1).clear());
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int[] words = scratch.tokens(ALIAS + 1);
    int end = Math.min(count, (chunk + 1) * CHUNK);
    for (int i = chunk * CHUNK; i < end; i++) {
      int word = i % 2 * 2;
      if (word == 0) {
        Philox.words(i / 2, sequence, seed, words);
      }
      long bits = Philox.bits53(words[word], words[word + 1]);
      drawn[i] = thresholds.present() ? fromTable(bits, scratch) : logUniform(bits);
    }
  }

  private int logUniform(long bits) {
    double product = 1;
    for (int k = 0; k < BITS; k++) {
      product *= (bits >> (BITS - 1 - k) & 1) == 1 ? powers[k] : 1;
    }
    // With rounding, the largest u may give V + 1.
    return (int) Math.min((long) product - 1, classes - 1);
  }

  private int fromTable(long bits, Scratch scratch) {
    double place = bits * 0x1p-53 * classes;
    int column = (int) place;
    float[] threshold = scratch.block(0, 1);
    thresholds.read(column, threshold, 0, 1);
    if (place - column < threshold[0]) {
      return column;
    }
    int[] alias = scratch.tokens(ALIAS + 1);
    aliases.read(column, alias, ALIAS, 1);
    return alias[ALIAS];
  }
}
