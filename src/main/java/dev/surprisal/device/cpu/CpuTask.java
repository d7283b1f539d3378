package dev.surprisal.device.cpu;

/** Work that is cut into chunks which do not depend on one another. */
interface CpuTask {
  /**
   * Does one chunk.
   *
   * @param chunk which one, from 0
   * @param scratch memory of the thread that runs it
   */
  void run(int chunk, Scratch scratch);
}
