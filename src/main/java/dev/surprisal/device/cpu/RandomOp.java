package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** Uniform and normal random numbers: four elements from each counter of {@link Philox}. */
final class RandomOp implements CpuTask {
  private static final int CHUNK = 4096;

  private final Workers workers;
  private final Floats output = new Floats();
  private boolean normal;
  private float first;
  private float second;
  private long seed;
  private long stream;
  private long count;

  RandomOp(Workers workers) {
    this.workers = workers;
  }

  void uniform(float low, float high, long newSeed, long newStream, Tensor newOutput) {
    run(false, low, high, newSeed, newStream, newOutput);
  }

  void normal(float mean, float deviation, long newSeed, long newStream, Tensor newOutput) {
    run(true, mean, deviation, newSeed, newStream, newOutput);
  }

  private void run(
      boolean newNormal, float newFirst, float newSecond, long newSeed, long newStream, Tensor to) {
    normal = newNormal;
    first = newFirst;
    second = newSecond;
    seed = newSeed;
    stream = newStream;
    count = to.elements();
    output.set(to);
    workers.run(this, Math.toIntExact((count + CHUNK - 1) / CHUNK));
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    float[] block = scratch.block(0, CHUNK);
    int[] words = scratch.tokens(4);
    long start = chunk * (long) CHUNK;
    int size = (int) Math.min(CHUNK, count - start);
    for (int i = 0; i < size; i += 4) {
      Philox.words((start + i) / 4, stream, seed, words);
      if (normal) {
        pair(words[0], words[1], block, i);
        pair(words[2], words[3], block, i + 2);
      } else {
        float largest = Math.nextDown(second);
        for (int lane = 0; lane < 4; lane++) {
          float value = first + Philox.uniform(words[lane]) * (second - first);
          block[i + lane] = Math.min(value, largest);
        }
      }
    }
    output.write(start, block, 0, size);
  }

  /** Computes the two normal numbers of Box and Muller. */
  private void pair(int word, int otherWord, float[] block, int at) {
    double radius = Math.sqrt(-2 * StrictMath.log(Philox.positive(word)));
    double angle = 2 * Math.PI * Philox.positive(otherWord);
    block[at] = (float) (first + second * radius * StrictMath.cos(angle));
    block[at + 1] = (float) (first + second * radius * StrictMath.sin(angle));
  }
}
