package dev.surprisal.benchmarks.report;

import static dev.surprisal.benchmarks.report.MadeUp.ours;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Ceilings;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.Row;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoundTest {
  private static final Ceilings CEILINGS =
      new Ceilings(10e9, Map.of("float32", 100e9), null, null, null);
  private static final Case WHICH = Case.of(Operation.ADAM, 1);

  private static Row row(double bytes, double flops) {
    return new Row("adam", WHICH, bytes, flops, ours(1), Map.of());
  }

  @Test
  void bytes_are_held_against_the_copy() {
    Bound bound = Bound.of(row(5e6, 0), 1000, CEILINGS).orElseThrow();

    assertEquals("copy", bound.ceiling());
    assertEquals(5e9, bound.rate(), 1);
    assertEquals(0.5, bound.share(), 1e-12);
  }

  @Test
  void of_bytes_and_operations_what_is_nearer_to_its_ceiling_counts() {
    assertEquals("copy", Bound.of(row(5e6, 10e6), 1000, CEILINGS).orElseThrow().ceiling());
    assertEquals(
        "float32 product", Bound.of(row(1e6, 90e6), 1000, CEILINGS).orElseThrow().ceiling());
  }

  @Test
  void the_share_is_the_one_that_turns_are_checked_by() {
    for (Case which :
        List.of(
            Case.of(Operation.CROSS_ENTROPY, 100, 1000),
            Case.of(Operation.RNN_TRAINING, 1, 10, 64),
            Case.of(Operation.RNN_TRAINING, 64, 10, 1024),
            Case.of(Operation.TRAINING_STEP, 100, 50, 50, 32, 35))) {
      Row row = new Row("all", which, which.bytes(), which.flops(), ours(1), Map.of());
      assertEquals(
          CEILINGS.share(which, 123).orElseThrow(),
          Bound.of(row, 123, CEILINGS).orElseThrow().share(),
          1e-12);
    }
  }

  @Test
  void a_ceiling_that_was_not_measured_gives_no_share() {
    assertFalse(Bound.of(row(5e6, 0), 1000, null).orElseThrow().isMeasured());
    Row half = new Row("adam", WHICH.ofType("bfloat16"), 0, 1e6, ours(1), Map.of());
    assertFalse(Bound.of(half, 1000, CEILINGS).orElseThrow().isMeasured());
    Row both = new Row("adam", WHICH.ofType("bfloat16"), 1e6, 1e6, ours(1), Map.of());
    assertEquals("copy", Bound.of(both, 1000, CEILINGS).orElseThrow().ceiling());
  }

  @Test
  void work_of_no_known_amount_has_no_bound() {
    assertTrue(Bound.of(row(0, 0), 1000, CEILINGS).isEmpty());
  }
}
