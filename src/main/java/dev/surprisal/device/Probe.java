package dev.surprisal.device;

/**
 * Work of known cost: a benchmark uses it to measure the overheads that every kernel has, and to
 * check its own clock. It is issued as {@link Kernels} are, and can be recorded.
 */
public interface Probe {
  /** The most barriers of one call. */
  int MOST_BARRIERS = 1 << 20;

  /** The longest time of one call: a second, in nanoseconds. */
  long LONGEST_SPIN = 1_000_000_000L;

  /**
   * Keeps the device busy for a while, by its clock.
   *
   * @param nanoseconds the time, 0 to {@link #LONGEST_SPIN}; a device rounds it up to the
   *     resolution of its clock
   * @throws IllegalArgumentException if the time is outside that range
   */
  void spin(long nanoseconds);

  /**
   * Runs barriers over all of the device: over the threads of a CPU, or over one block per
   * multiprocessor of a GPU.
   *
   * @param count the number of barriers, 0 to {@link #MOST_BARRIERS}
   * @throws IllegalArgumentException if the number is outside that range
   * @throws DeviceException on a GPU that cannot launch blocks that wait for one another
   */
  void barriers(int count);
}
