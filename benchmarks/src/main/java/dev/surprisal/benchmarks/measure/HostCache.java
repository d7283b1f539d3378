package dev.surprisal.benchmarks.measure;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The last-level cache of this machine's processors, as Linux reports it. */
final class HostCache {
  /** Where nothing is told; more than most desktop processors have. */
  static final long UNKNOWN = 64L << 20;

  private HostCache() {}

  /**
   * The bytes of all caches of the highest level together.
   *
   * @param processors the folder of processors, /sys/devices/system/cpu
   */
  static long bytes(Path processors) {
    Map<String, Long> shared = new HashMap<>();
    int highest = 0;
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
      for (Path folder : folders) {
        try (DirectoryStream<Path> caches =
            Files.newDirectoryStream(folder.resolve("cache"), "index[0-9]*")) {
          for (Path cache : caches) {
            int level = Integer.parseInt(read(cache, "level"));
            if (level > highest) {
              highest = level;
              shared.clear();
            }
            if (level == highest) {
              shared.put(read(cache, "shared_cpu_list"), size(read(cache, "size")));
            }
          }
        }
      }
    } catch (IOException | NumberFormatException notTold) {
      return UNKNOWN;
    }
    return shared.isEmpty() ? UNKNOWN : shared.values().stream().mapToLong(Long::longValue).sum();
  }

  private static String read(Path cache, String name) throws IOException {
    return Files.readString(cache.resolve(name)).strip();
  }

  /** As in {@code 32768K}. */
  private static long size(String text) {
    long unit = text.endsWith("K") ? 1 << 10 : text.endsWith("M") ? 1 << 20 : 1;
    return unit * Long.parseLong(text.replaceAll("[KM]$", ""));
  }
}
