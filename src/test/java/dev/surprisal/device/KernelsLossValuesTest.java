package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.CrossEntropyOracle.Reduction;
import dev.surprisal.oracle.DivergenceOracle;
import dev.surprisal.oracle.FocalOracle;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.UnlikelihoodOracle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Values that a loss of rows cannot work with: refused, and nothing is written. */
class KernelsLossValuesTest {
  private static final int N = 140;
  private static final int V = 31;
  private static final int K = 3;
  private static final CrossEntropyOracle.Options PLAIN =
      CrossEntropyOracle.Options.of(Reduction.NONE);

  /** Rows of all tokens but the first, from the last to the second. */
  private static int[] positions() {
    int[] positions = new int[N];
    Arrays.setAll(positions, row -> N - row);
    return positions;
  }

  private static List<DenseLoss> ofClasses(int[] targets) {
    Targets of = new Targets(targets, -100);
    double[] teacher = Samples.normal(1, N * V, 1);
    int[] candidates = Samples.integers(2, targets.length * K, V);
    return List.of(
        DenseLoss.crossEntropy(targets, PLAIN),
        DenseLoss.focal(new FocalOracle(of, null, 2)),
        DenseLoss.unlikelihood(new UnlikelihoodOracle(of, candidates, K, 1)),
        DenseLoss.divergence(
            new DivergenceOracle(teacher, of, DivergenceOracle.Kind.KL, 0.5, 1, 0.5)),
        DenseLoss.divergence(
            new DivergenceOracle(teacher, of, DivergenceOracle.Kind.KL, 0.5, 1, 1)));
  }

  @OnEveryDevice
  void a_target_that_is_no_class_is_refused_by_its_position(Bench bench) {
    for (int bad : new int[] {-1, V, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      for (int at : new int[] {0, 77, N - 1}) {
        int[] targets = Samples.integers(1, N, V);
        targets[at] = bad;
        for (DenseLoss loss : ofClasses(targets)) {
          assertRefused(bench, loss, null, N, noClass(at, bad));
        }
      }
    }
  }

  @OnEveryDevice
  void of_several_bad_targets_the_lowest_position_is_named(Bench bench) {
    int[] targets = Samples.integers(1, N, V);
    for (int at = 5; at < N; at += 3) {
      targets[at] = -at;
    }
    for (DenseLoss loss : ofClasses(targets)) {
      assertRefused(bench, loss, null, N, noClass(5, -5));
    }
  }

  @OnEveryDevice
  void with_positions_the_targets_of_rows_are_looked_at_and_no_others(Bench bench) {
    int[] targets = Samples.integers(1, N + 1, V);
    targets[0] = V;
    for (DenseLoss loss : ofClasses(targets)) {
      loss.kernel().run(bench, rows(bench, positions(), N + 1));
      bench.device().synchronize();
    }
    targets[77] = -1;
    for (DenseLoss loss : ofClasses(targets)) {
      assertRefused(bench, loss, positions(), N + 1, noClass(77, -1));
    }
  }

  @OnEveryDevice
  void a_target_whose_weight_is_asked_for_has_to_be_a_class_too(Bench bench) {
    for (int bad : new int[] {-1, V, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      int[] targets = Samples.integers(1, 5000, V);
      targets[4321] = bad;
      Tensor placed = bench.ints(targets);
      Tensor sum = bench.output(1);
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> {
                    bench.kernels().losses().targetWeight(placed, V, -100, null, sum);
                    bench.device().synchronize();
                  })
              .getMessage();
      assertEquals(noClass(4321, bad), message);
      assertEquals(Bench.bits(bench.output(1))[0], Bench.bits(sum)[0]);
    }
  }

  @OnEveryDevice
  void a_position_that_is_no_token_is_refused_by_its_row(Bench bench) {
    for (int bad : new int[] {-1, N + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      for (int at : new int[] {0, 77, N - 1}) {
        int[] positions = positions();
        positions[at] = bad;
        String message =
            "loss: expected a position in [0, %d) for row %d, found %d".formatted(N + 1, at, bad);
        for (DenseLoss loss :
            DenseLoss.each(N, new Targets(Samples.integers(1, N + 1, V), -100), V)) {
          assertRefused(bench, loss, positions, N + 1, message);
        }
      }
    }
  }

  @OnEveryDevice
  void a_candidate_that_is_no_class_is_refused_by_its_position(Bench bench) {
    for (int bad : new int[] {V, Integer.MAX_VALUE}) {
      int[] candidates = Samples.integers(2, N * K, V);
      candidates[77 * K + 1] = bad;
      DenseLoss loss =
          DenseLoss.unlikelihood(
              new UnlikelihoodOracle(
                  new Targets(Samples.integers(1, N, V), -100), candidates, K, 1));
      assertRefused(bench, loss, null, N, noClass(77 * K + 1, bad));
    }
  }

  private static String noClass(int position, int found) {
    return "cross-entropy: expected a token in [0, %d) at position %d, found %d"
        .formatted(V, position, found);
  }

  @OnEveryDevice
  void a_row_that_is_no_distribution_is_refused_by_its_number(Bench bench) {
    double[] good = Samples.probabilities(2, N, V);
    List<double[]> bad = new ArrayList<>();
    for (double value : new double[] {-1e-6, Double.NaN, Double.NEGATIVE_INFINITY}) {
      bad.add(with(good, 5 * V, value));
      bad.add(with(good, N * V - 1, value));
    }
    int[] rows = {5, N - 1, 5, N - 1, 5, N - 1};
    float[] values = {-1e-6f, -1e-6f, Float.NaN, Float.NaN};
    for (int i = 0; i < bad.size(); i++) {
      float found = i < values.length ? values[i] : Float.NEGATIVE_INFINITY;
      assertRefused(
          bench,
          DenseLoss.crossEntropySoft(bad.get(i), PLAIN),
          null,
          N,
          "cross-entropy: expected probabilities of 0 or more, found %s in row %d"
              .formatted(found, rows[i]));
    }
    double[] halves = new double[N * V];
    for (int row = 0; row < N; row++) {
      halves[row * V] = 0.5;
      halves[row * V + 30] = 0.5;
    }
    for (double wrong : new double[] {0.25, 0.498046875, 0.501953125, Double.POSITIVE_INFINITY}) {
      assertRefused(
          bench,
          DenseLoss.crossEntropySoft(with(halves, 70 * V, wrong), PLAIN),
          null,
          N,
          "cross-entropy: expected probabilities that sum to 1 within 0.001, found %s in row 70"
              .formatted(0.5 + wrong));
    }
    for (double close : new double[] {0.4990234375, 0.5009765625}) {
      DenseLoss loss = DenseLoss.crossEntropySoft(with(halves, 70 * V, close), PLAIN);
      loss.kernel().run(bench, rows(bench, null, N));
      bench.device().synchronize();
    }
  }

  private static double[] with(double[] values, int index, double value) {
    double[] changed = values.clone();
    changed[index] = value;
    return changed;
  }

  @OnEveryDevice
  void an_id_that_is_no_class_or_stands_there_twice_is_refused_by_its_token(Bench bench) {
    for (int bad : new int[] {-1, V, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      int[] ids = Samples.distinct(1, N, K, V);
      ids[77 * K + 1] = bad;
      assertRefused(
          bench,
          sparse(ids, DenseLoss.most(2, N, K, V)),
          null,
          N,
          "sparse cross-entropy: expected different ids in [0, 31) for token 77, found " + bad);
    }
    int[] twice = Samples.distinct(1, N, K, V);
    twice[(N - 1) * K] = twice[(N - 1) * K + 2];
    assertRefused(
        bench,
        sparse(twice, DenseLoss.most(2, N, K, V)),
        null,
        N,
        "sparse cross-entropy: expected different ids in [0, 31) for token %d, found %d twice"
            .formatted(N - 1, twice[(N - 1) * K]));
  }

  @OnEveryDevice
  void sparse_probabilities_are_0_or_more_and_sum_to_1_at_most(Bench bench) {
    int[] ids = Samples.distinct(1, N, K, V);
    double[] quarters = new double[N * K];
    Arrays.fill(quarters, 0.25);
    for (double bad : new double[] {-1e-6f, Double.NaN, Double.NEGATIVE_INFINITY}) {
      assertRefused(
          bench,
          sparse(ids, with(quarters, 77 * K + 2, bad)),
          null,
          N,
          "cross-entropy: expected probabilities of 0 or more, found %s in row 77"
              .formatted((float) bad));
    }
    for (double bad : new double[] {0.501953125, Double.POSITIVE_INFINITY}) {
      assertRefused(
          bench,
          sparse(ids, with(quarters, 77 * K + 2, bad)),
          null,
          N,
          "cross-entropy: expected probabilities that sum to 1 within 0.001, found %s in row 77"
              .formatted(0.5 + bad));
    }
    sparse(ids, with(quarters, 77 * K + 2, 0.5009765625)).kernel().run(bench, rows(bench, null, N));
    bench.device().synchronize();
  }

  @OnEveryDevice
  void sparse_probabilities_of_all_classes_sum_to_1(Bench bench) {
    int[] ids = Samples.distinct(1, N, V, V);
    double[] even = new double[N * V];
    for (int token = 0; token < N; token++) {
      even[token * V] = token == 77 ? 0.25 : 0.5;
      even[token * V + 1] = 0.5;
    }
    assertRefused(
        bench,
        DenseLoss.crossEntropySparse(ids, even, V),
        null,
        N,
        "cross-entropy: expected probabilities that sum to 1 within 0.001, found 0.75 in row 77");
  }

  private static DenseLoss sparse(int[] ids, double[] probabilities) {
    return DenseLoss.crossEntropySparse(ids, probabilities, K);
  }

  /** Gradients in place of the logits, all statistics that any loss has. */
  private static LossRows rows(Bench bench, int[] positions, int tokens) {
    Tensor logits = bench.floats(Samples.normal(3, N * V, 1), N, V);
    return new LossRows(
        logits,
        positions == null ? null : bench.ints(positions),
        null,
        null,
        LossOptions.NONE,
        bench.output(tokens),
        new LossStatistics(
            bench.output(tokens), null, bench.output(tokens), null, bench.intOutput(tokens)),
        logits);
  }

  private static void assertRefused(
      Bench bench, DenseLoss loss, int[] positions, int tokens, String message) {
    LossRows rows = rows(bench, positions, tokens);
    int[][] before = bits(rows);
    String found =
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  loss.kernel().run(bench, rows);
                  bench.device().synchronize();
                },
                loss.name())
            .getMessage();
    assertEquals(message, found, loss.name());
    assertArrayEquals(before, bits(rows), loss.name());
  }

  private static int[][] bits(LossRows rows) {
    return new int[][] {
      Bench.bits(rows.logits()),
      Bench.bits(rows.losses()),
      Bench.bits(rows.statistics().logSumExp()),
      Bench.bits(rows.statistics().entropy()),
      Bench.bits(rows.statistics().argmax())
    };
  }
}
