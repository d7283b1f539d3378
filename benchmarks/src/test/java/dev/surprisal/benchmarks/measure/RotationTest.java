package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {
  @TempDir private Path processors;

  @Test
  void the_sets_together_are_twice_the_cache() {
    Rotation rotation = new Rotation(1000);

    assertEquals(1, rotation.sets(5000));
    assertEquals(1, rotation.sets(2000));
    assertEquals(2, rotation.sets(1999));
    assertEquals(20, rotation.sets(100));
    assertEquals(21, rotation.sets(99));
  }

  @Test
  void a_gpus_cache_is_taken_for_larger_than_it_is() {
    assertEquals(128L << 20, Rotation.of("cuda:0").cacheBytes());
  }

  @Test
  void this_machine_has_a_cache() {
    assertTrue(Rotation.of("cpu").cacheBytes() >= 1 << 20);
  }

  @Test
  void caches_of_the_highest_level_are_added_up_and_shared_ones_count_once() throws IOException {
    for (int cpu = 0; cpu < 4; cpu++) {
      cache("cpu" + cpu, 0, 1, "32K", Integer.toString(cpu));
      cache("cpu" + cpu, 2, 2, "1024K", Integer.toString(cpu));
      cache("cpu" + cpu, 3, 3, "32M", cpu < 2 ? "0-1" : "2-3");
    }
    Files.createDirectory(processors.resolve("cpufreq"));

    assertEquals(64L << 20, HostCache.bytes(processors));
  }

  @Test
  void where_nothing_is_told_a_bound_stands_for_it() throws IOException {
    assertEquals(HostCache.UNKNOWN, HostCache.bytes(processors));
    assertEquals(HostCache.UNKNOWN, HostCache.bytes(processors.resolve("missing")));
    cache("cpu0", 0, 3, "unknown", "0");
    assertEquals(HostCache.UNKNOWN, HostCache.bytes(processors));
  }

  private void cache(String cpu, int index, int level, String size, String shared)
      throws IOException {
    Path folder = processors.resolve(cpu).resolve("cache").resolve("index" + index);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("level"), level + "\n");
    Files.writeString(folder.resolve("size"), size + "\n");
    Files.writeString(folder.resolve("shared_cpu_list"), shared + "\n");
  }
}
