package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Parameters;
import dev.surprisal.nn.Projection;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.LinearOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.SequenceCases;
import dev.surprisal.oracle.SequenceOracle;
import dev.surprisal.oracle.SequenceOracle.Lists;
import dev.surprisal.oracle.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceLossTest {
  private static final int V = 11;
  private static final int H = 5;
  private static final Lists LISTS = SequenceCases.lists(1, 6, 3, 2, 5);
  private static final int M = SequenceCases.tokens(LISTS);
  private static final SequenceOptions RISK =
      new SequenceOptions(SequenceOptions.Kind.MINIMUM_RISK, 1, 0, 0, false);

  private static List<NBestList> lists(Lists of) {
    List<NBestList> lists = new ArrayList<>();
    for (int l = 0; l + 1 < of.lists().length; l++) {
      int first = of.lists()[l];
      int end = of.lists()[l + 1];
      lists.add(
          new NBestList(
              Arrays.copyOfRange(of.lengths(), first, end),
              Samples.floats(Arrays.copyOfRange(of.costs(), first, end))));
    }
    return lists;
  }

  /** Targets of the tokens of all sequences; the others take no part. */
  private static int[] targets() {
    int[] targets = new int[M];
    Arrays.fill(targets, CrossEntropyOptions.DEFAULT_IGNORE_INDEX);
    int[] classes = Samples.integers(3, M, V);
    for (int i = 0; i < LISTS.starts().length; i++) {
      int start = LISTS.starts()[i];
      System.arraycopy(classes, start, targets, start, LISTS.lengths()[i]);
    }
    return targets;
  }

  private static CrossEntropy tokenLoss(Bench bench, LossSettings settings) {
    return new CrossEntropy(bench.device(), M, V, CrossEntropyOptions.PLAIN, settings);
  }

  private static SequenceOptions options(SequenceOracle.Options of) {
    return new SequenceOptions(
        of.ranks() ? SequenceOptions.Kind.RANKING : SequenceOptions.Kind.MINIMUM_RISK,
        (float) of.scale(),
        (float) of.margin(),
        (float) of.likelihood(),
        of.normalised());
  }

  @OnEveryDevice
  void through_a_projection_the_gradients_are_those_of_the_oracle(Bench bench) {
    double[] weight = Samples.normal(4, V * H, 1);
    double[] bias = Samples.normal(5, V, 1);
    double[] hidden = Samples.normal(6, M * H, 1);
    double[] logits = LinearOracle.forward(hidden, weight, bias, H, V);
    CrossEntropyOracle.Options none =
        CrossEntropyOracle.Options.of(CrossEntropyOracle.Reduction.NONE);
    double[] ones = {1};
    double[] losses = CrossEntropyOracle.hard(logits, targets(), V, none, ones).loss();
    for (SequenceOracle.Options of : SequenceCases.OPTIONS) {
      SequenceOracle.Result expected = SequenceOracle.of(losses, LISTS, of);
      double[] gradLogits =
          CrossEntropyOracle.hard(logits, targets(), V, none, expected.gradient()).gradient();
      LinearOracle.Gradients gradients = LinearOracle.backward(hidden, weight, gradLogits, H, V);
      try (Parameters parameters =
          new Parameters(bench.device(), Projection.parameters("linear", H, V))) {
        Projection projection = new Projection(parameters, "linear");
        projection.weights().weight().write(Samples.floats(weight));
        projection.weights().bias().write(Samples.floats(bias));
        CrossEntropy tokenLoss = tokenLoss(bench, LossSettings.NONE);
        tokenLoss.targets().write(targets());
        Tensor gradHidden = bench.output(M, H);
        try (SequenceLoss loss =
            new SequenceLoss(
                bench.device(), new Projected(tokenLoss, projection, 7), options(of))) {
          loss.write(lists(LISTS), LISTS.starts());
          loss.forwardBackward(bench.floats(hidden, M, H), false, gradHidden);
          Tolerance close = Tolerance.FLOAT32;
          close.assertClose(of + ": scores", expected.scores(), loss.scores().toFloats());
          close.assertClose(of + ": losses", expected.listLosses(), loss.losses().toFloats());
          close.assertClose(of + ": mean", expected.mean(), loss.total().toFloats()[0]);
          close.assertClose(of + ": hidden", gradients.x(), gradHidden.toFloats());
          close.assertClose(
              of + ": weight", gradients.weight(), projection.gradients().weight().toFloats());
          close.assertClose(
              of + ": bias", gradients.bias(), projection.gradients().bias().toFloats());
        }
      }
    }
  }

  @OnEveryDevice
  void a_batch_may_have_other_lists_than_the_one_before(Bench bench) {
    CrossEntropy tokenLoss = tokenLoss(bench, LossSettings.NONE);
    tokenLoss.targets().write(new int[M]);
    Tensor logits = bench.floats(Samples.normal(7, M * V, 1), M, V);
    try (SequenceLoss loss = new SequenceLoss(bench.device(), tokenLoss, RISK)) {
      NBestList two = new NBestList(new int[] {1, 2}, new float[] {0, 1});
      loss.write(List.of(two, two), new int[] {0, 1, 3, 4});
      loss.forward(logits);
      assertEquals(2, loss.losses().elements());
      float first = loss.losses().toFloats()[0];
      loss.write(List.of(two), new int[] {0, 1});
      loss.forward(logits);
      assertEquals(first, loss.total().toFloats()[0]);
      assertEquals(2, loss.scores().elements());
    }
  }

  @OnEveryDevice
  void what_does_not_fit_is_refused_before_anything_runs(Bench bench) {
    try (SequenceLoss loss =
        new SequenceLoss(bench.device(), tokenLoss(bench, LossSettings.NONE), RISK)) {
      NBestList two = new NBestList(new int[] {1, 2}, new float[] {0, 1});
      assertRefused("found 0 lists", () -> loss.write(List.of(), new int[0]));
      assertRefused("1 places", () -> loss.write(List.of(two), new int[] {0}));
      assertRefused("found it at 0", () -> loss.write(List.of(two), new int[] {0, 0}));
      assertRefused("found it at -1", () -> loss.write(List.of(two), new int[] {-1, 3}));
      assertRefused("hypothesis 1 of 2", () -> loss.write(List.of(two), new int[] {0, M - 1}));
      assertThrows(IllegalStateException.class, () -> loss.forward(bench.output(M, V)));
    }
    CrossEntropy reduced = tokenLoss(bench, LossSettings.MEAN);
    assertRefused("NONE", () -> new SequenceLoss(bench.device(), reduced, RISK));
  }

  @Test
  void a_list_without_a_choice_or_without_a_cost_is_refused() {
    assertRefused("found 0", () -> new NBestList(new int[0], new float[0]));
    assertRefused("found 1", () -> new NBestList(new int[] {3}, new float[] {0}));
    assertRefused("found 1 for 2", () -> new NBestList(new int[] {3, 4}, new float[] {0}));
    assertRefused("found 0 in hyp", () -> new NBestList(new int[] {3, 0}, new float[] {0, 1}));
    assertRefused("found -4", () -> new NBestList(new int[] {-4, 1}, new float[] {0, 1}));
    float[] nan = {0, Float.NaN};
    assertRefused("found NaN for hypothesis 1", () -> new NBestList(new int[] {1, 1}, nan));
  }

  private static void assertRefused(String part, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
