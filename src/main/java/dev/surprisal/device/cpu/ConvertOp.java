package dev.surprisal.device.cpu;

import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;

/** Conversion from float32 to bfloat16 and back. */
final class ConvertOp implements CpuTask {
  private static final int CHUNK = 16 * Scratch.BLOCK;

  private final Workers workers;
  private final Floats floats = new Floats();
  private final Halves halves = new Halves();
  private boolean widens;
  private long count;

  ConvertOp(Workers workers) {
    this.workers = workers;
  }

  void run(Tensor source, Tensor target) {
    widens = source.type() == DType.BFLOAT16;
    floats.set(widens ? target : source);
    halves.set(widens ? source : target);
    count = source.elements();
    workers.run(this, Math.toIntExact((count + CHUNK - 1) / CHUNK));
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    float[] block = scratch.block(0, Scratch.BLOCK);
    int[] bits = scratch.exponent;
    short[] half = scratch.halves(Scratch.BLOCK);
    long end = Math.min(count, (chunk + 1L) * CHUNK);
    for (long at = chunk * (long) CHUNK; at < end; at += Scratch.BLOCK) {
      int size = (int) Math.min(Scratch.BLOCK, end - at);
      if (widens) {
        halves.read(at, half, 0, size);
        Halves.widen(half, bits, size);
        scratch.fromBits(bits, block, size);
        floats.write(at, block, 0, size);
      } else {
        floats.read(at, block, 0, size);
        scratch.toBits(block, bits, size);
        Halves.round(bits, half, size);
        halves.write(at, half, 0, size);
      }
    }
  }
}
