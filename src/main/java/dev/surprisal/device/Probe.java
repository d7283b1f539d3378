package dev.surprisal.device;

/**
 * Work whose only purpose is its cost: by it a benchmark finds what a device takes for what every
 * kernel must do, and whether its own measuring is right. It is issued as {@link Kernels} are, and
 * can be recorded.
 */
public interface Probe {
  /** The most meetings of one call. */
  int MOST_BARRIERS = 1 << 20;

  /** The longest time of one call: a second, in nanoseconds. */
  long LONGEST_SPIN = 1_000_000_000L;

  /**
   * Keeps the device busy for a while, by its clock.
   *
   * @param nanoseconds how long, 0 to {@link #LONGEST_SPIN}; a device rounds up to what its clock
   *     can tell
   * @throws IllegalArgumentException if it is outside of that
   */
  void spin(long nanoseconds);

  /**
   * Lets all that works at once on the device meet: the threads of a CPU, a block on every
   * multiprocessor of a GPU.
   *
   * @param count how often, 0 to {@link #MOST_BARRIERS}
   * @throws IllegalArgumentException if it is outside of that
   * @throws DeviceException on a GPU that cannot launch blocks that wait for one another
   */
  void barriers(int count);
}
