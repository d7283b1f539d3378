package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.LossRowsOracle.Loss;
import dev.surprisal.oracle.LossRowsOracle.Options;
import dev.surprisal.oracle.LossRowsOracle.Result;
import dev.surprisal.oracle.LossRowsOracle.Rows;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossRowsOracleTest {
  private static final int V = 7;
  private static final double MASKED = Double.NEGATIVE_INFINITY;
  private static final Options ALL = new Options(0.7, 5, 0.1, 0.3);

  /** Every loss of three tokens, the second ignored where targets are classes. */
  static List<Map.Entry<String, Loss>> losses() {
    Map<String, Loss> losses = new LinkedHashMap<>();
    Targets targets = new Targets(new int[] {3, -100, 0}, -100);
    double[] weights = Samples.probabilities(1, 1, V);
    CrossEntropyOracle.Options smoothed =
        new CrossEntropyOracle.Options(Reduction.NONE, 0.1, weights, -100);
    double[] p = Samples.probabilities(2, 3, V);
    losses.put("classes", CrossEntropyOracle.ofClasses(targets.classes(), smoothed));
    losses.put("distributions", CrossEntropyOracle.ofDistributions(p, smoothed));
    losses.put(
        "sparse",
        CrossEntropyOracle.ofSparse(
            new int[] {1, 6, 0, 2, 5, 4}, new double[] {0.5, 0.25, 1, 0, 0.125, 0.25}, 2));
    losses.put("focal", new FocalOracle(targets, weights, 2));
    losses.put(
        "unlikelihood",
        new UnlikelihoodOracle(targets, new int[] {3, 1, 1, 2, 2, 2, -1, 4, 6}, 3, 0.6));
    for (DivergenceOracle.Kind kind : DivergenceOracle.Kind.values()) {
      double[] teacher = Samples.normal(3, 3 * V, 2);
      losses.put("" + kind, new DivergenceOracle(teacher, targets, kind, 0.3, 1.5, 0.8));
    }
    return List.copyOf(losses.entrySet());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void the_gradient_is_that_of_central_differences(Map.Entry<String, Loss> loss) {
    double[] upstream = {0.5, 2, -1, 3, 0};
    for (Options options :
        List.of(
            Options.NONE,
            new Options(1.7, 0, 0, 0),
            new Options(1, 2, 0, 0),
            new Options(1, 0, 0.1, 0),
            new Options(1, 0, 0, 0.3),
            ALL)) {
      Rows rows = Rows.of(Samples.normal(4, 3 * V, 2), V).with(options).arriving(upstream, 2);
      CentralDifferences.check(
          loss.getKey() + " with " + options,
          logits ->
              CentralDifferences.dot(
                      upstream,
                      LossRowsOracle.of(rows.withLogits(logits), loss.getValue()).losses())
                  / 2,
          rows.logits(),
          LossRowsOracle.of(rows, loss.getValue()).gradient());
    }
  }

  @Test
  void rows_belong_to_the_tokens_at_their_positions() {
    Rows rows = Rows.of(Samples.normal(5, 3 * V, 2), V).with(ALL);
    double[] swapped = new double[3 * V];
    for (int i = 0; i < swapped.length; i++) {
      swapped[i] = rows.logits()[(2 - i / V) * V + i % V];
    }
    for (Map.Entry<String, Loss> loss : losses()) {
      if (!List.of("classes", "sparse", "focal", "unlikelihood").contains(loss.getKey())) {
        continue; // What the others compare with goes row by row.
      }
      Result expected = LossRowsOracle.of(rows, loss.getValue());
      Rows placed = rows.withLogits(swapped).at(new int[] {2, 1, 0}, 3);
      Result found = LossRowsOracle.of(placed, loss.getValue());
      assertArrayEquals(expected.losses(), found.losses(), loss.getKey());
      assertArrayEquals(expected.logProbability(), found.logProbability());
      assertArrayEquals(expected.argmax(), found.argmax());
      for (int i = 0; i < swapped.length; i++) {
        assertEquals(expected.gradient()[i], found.gradient()[(2 - i / V) * V + i % V]);
      }
    }
  }

  @Test
  void tokens_without_a_row_have_no_results() {
    Loss loss = CrossEntropyOracle.ofClasses(new int[] {1, 2}, CrossEntropyOracle.Options.of(null));
    Result found = LossRowsOracle.of(Rows.of(new double[] {0, 0, 0}, 3).at(new int[] {1}, 2), loss);
    assertTrue(Double.isNaN(found.losses()[0]));
    assertEquals(Math.log(3), found.losses()[1], 1e-15);
    assertArrayEquals(new int[] {-1, 0}, found.argmax());
  }

  @Test
  void statistics_are_those_of_the_mapped_logits() {
    Loss loss =
        CrossEntropyOracle.ofClasses(
            new int[] {1, 0, -100}, CrossEntropyOracle.Options.of(Reduction.NONE));
    double[] logits = {0, 2 * Math.log(3), MASKED, 2, 1, 2, 0, 0, 0};
    Result found = LossRowsOracle.of(Rows.of(logits, 3).with(new Options(0.5, 0, 0, 0)), loss);
    double second = Math.log(2 * Math.exp(1) + Math.exp(0.5));
    assertArrayEquals(new double[] {Math.log(4), second, Math.log(3)}, found.logSumExp(), 1e-15);
    assertArrayEquals(new double[] {Math.log(0.75), 1 - second, 0}, found.logProbability(), 1e-15);
    assertEquals(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), found.entropy()[0], 1e-15);
    assertArrayEquals(new double[] {1, 1, 0}, found.correct());
    assertArrayEquals(new int[] {1, 0, 0}, found.argmax());
  }

  @Test
  void a_soft_cap_bounds_the_logits_but_masks_stay() {
    Loss loss =
        CrossEntropyOracle.ofClasses(new int[] {0}, CrossEntropyOracle.Options.of(Reduction.NONE));
    Result found =
        LossRowsOracle.of(
            Rows.of(new double[] {1e9, -1e9, MASKED}, 3).with(new Options(1, 30, 0, 0)), loss);
    assertEquals(30 + Math.log1p(Math.exp(-60)), found.logSumExp()[0], 1e-15);
    assertArrayEquals(new double[3], found.gradient(), 1e-15);
  }

  @Test
  void an_ignored_row_has_nothing_but_statistics() {
    for (Map.Entry<String, Loss> loss : losses()) {
      if (loss.getValue().targets() != null) {
        double[] logits = Samples.normal(6, 3 * V, 1);
        Result found = LossRowsOracle.of(Rows.of(logits, V).with(ALL), loss.getValue());
        assertEquals(0, found.losses()[1]);
        assertEquals(0, found.logProbability()[1]);
        assertEquals(0, found.correct()[1]);
        assertTrue(found.entropy()[1] > 0);
        for (int i = V; i < 2 * V; i++) {
          assertEquals(0, found.gradient()[i]);
        }
      }
    }
  }

  @Test
  void a_divisor_of_0_leaves_no_gradient() {
    for (Map.Entry<String, Loss> loss : losses()) {
      Rows rows = Rows.of(Samples.normal(6, 3 * V, 1), V).arriving(null, 0);
      double[] gradient = LossRowsOracle.of(rows, loss.getValue()).gradient();
      assertTrue(Arrays.stream(gradient).allMatch(d -> d == 0), loss.getKey());
    }
  }
}
