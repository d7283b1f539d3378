package dev.surprisal.benchmarks.measure;

import java.nio.file.Path;

/**
 * How many sets of operands work goes through in turn, so that a run finds nothing of its operands
 * in the last-level cache: together they are twice its size.
 *
 * @param cacheBytes the last-level cache
 */
public record Rotation(long cacheBytes) {
  /** What no GPU's second-level cache exceeds so far. */
  private static final long GPU_CACHE = 128L << 20;

  private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu");

  /** For a device by its name. */
  public static Rotation of(String device) {
    return new Rotation(device.startsWith("cpu") ? HostCache.bytes(PROCESSORS) : GPU_CACHE);
  }

  /**
   * The number of sets; together they take less than twice the cache and one set more.
   *
   * @param bytes that a run reads and writes
   */
  public int sets(long bytes) {
    return Math.toIntExact(Math.max(1, (2 * cacheBytes + bytes - 1) / Math.max(1, bytes)));
  }
}
