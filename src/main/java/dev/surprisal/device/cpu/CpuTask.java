package dev.surprisal.device.cpu;

/** Work in chunks that do not depend on one another. */
interface CpuTask {
  /**
   * Computes one chunk.
   *
   * @param chunk the number of the chunk, from 0
   * @param scratch the memory of the calling thread
   */
  void run(int chunk, Scratch scratch);
}
