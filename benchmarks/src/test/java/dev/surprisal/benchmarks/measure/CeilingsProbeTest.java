package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class CeilingsProbeTest {
  private static final Effort EFFORT = new Effort(0, 0.01, 3);

  private final List<String> progress = new ArrayList<>();

  /** A vendor's library that multiplies float32 alone. */
  private static final class Vendor implements ProductRate {
    @Override
    public OptionalDouble flopsPerSecond(String type, int size, Effort effort) {
      return type.equals("float32") ? OptionalDouble.of(123e9) : OptionalDouble.empty();
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
  void aCpuHasCeilingsOfAllThatItDoes() {
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
}
