package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Dropout by the random numbers of {@link RandomOp}, four elements from each counter. */
final class DropoutOp implements CpuTask {
  private static final int CHUNK = 4096;

  private final Workers workers;
  private final Floats input = new Floats();
  private final Floats output = new Floats();
  private final ByteBuffer stream = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
  private float probability;
  private float scale;
  private long seed;
  private long count;

  DropoutOp(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor newInput, float newProbability, long newSeed, Tensor sequence, Tensor newOutput) {
    sequence.read(0, stream.clear());
    probability = newProbability;
    scale = (float) (1 / (1 - (double) probability));
    seed = newSeed;
    count = newInput.elements();
    input.set(newInput);
    output.set(newOutput);
    workers.run(this, Math.toIntExact((count + CHUNK - 1) / CHUNK));
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    float[] block = scratch.block(0, CHUNK);
    int[] words = scratch.tokens(4);
    long start = chunk * (long) CHUNK;
    int size = (int) Math.min(CHUNK, count - start);
    input.read(start, block, 0, size);
    for (int i = 0; i < size; i++) {
      if (i % 4 == 0) {
        Philox.words((start + i) / 4, stream.getLong(0), seed, words);
      }
      block[i] = Philox.uniform(words[i % 4]) >= probability ? block[i] * scale : 0;
    }
    output.write(start, block, 0, size);
  }
}
