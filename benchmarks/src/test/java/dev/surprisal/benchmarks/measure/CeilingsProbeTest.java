package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.Emulated;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class CeilingsProbeTest {
  private static final Effort EFFORT = new Effort(0, 0.01, 3);

  private final List<String> progress = new ArrayList<>();

  /** A vendor's library that multiplies bfloat16 twice as fast as the rest. */
  private static final class Vendor implements ProductRate {
    @Override
    public OptionalDouble flopsPerSecond(String type, int size, Effort effort) {
      return OptionalDouble.of(type.equals("bfloat16") ? 246e9 : 123e9);
    }

    @Override
    public String name() {
      return "vendor";
    }

    @Override
    public Answer time(Case which, Effort effort) {
      return new Answer.Refusal("multiplies");
    }

    @Override
    public void close() {}
  }

  @Test
  void a_cpu_has_ceilings_of_all_that_it_does() {
    Ceilings ceilings =
        new CeilingsProbe("cpu", EFFORT, progress::add).measure(List.of(new Vendor()));

    assertEquals(123e9, ceilings.productFlopsPerSecond().get("float32"));
    // Any machine copies a gigabyte in less than ten seconds, and none at 10 TB/s.
    assertTrue(
        ceilings.copyBytesPerSecond() > 1e8 && ceilings.copyBytesPerSecond() < 1e13,
        ceilings::toString);
    assertTrue(ceilings.barrier() == null || ceilings.barrier() > 0, ceilings::toString);
    assertNull(ceilings.launch());
    assertNull(ceilings.replay());
    assertEquals(3, progress.size(), progress::toString);
  }

  @Test
  void a_gpu_launches_and_replays_and_multiplies_more_types() {
    Emulated.assume();

    Ceilings ceilings =
        new CeilingsProbe(false, Emulated::open, EFFORT, progress::add)
            .measure(List.of(new Vendor()));

    assertEquals(
        Map.of("float32", 123e9, "tf32", 123e9, "bfloat16", 246e9),
        ceilings.productFlopsPerSecond());
    assertTrue(ceilings.copyBytesPerSecond() > 1e8, ceilings::toString);
    assertTrue(ceilings.launch() > 0, ceilings::toString);
    assertTrue(ceilings.replay() > 0, ceilings::toString);
    assertTrue(ceilings.barrier() == null || ceilings.barrier() > 0, ceilings::toString);
    assertEquals(7, progress.size(), progress::toString);
  }
}
