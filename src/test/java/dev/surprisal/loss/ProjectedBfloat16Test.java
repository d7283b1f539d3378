package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.Bfloat16;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.LinearOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

/** Weights and hidden states of bfloat16: the loss and its gradients of those very numbers. */
class ProjectedBfloat16Test {
  private static final int V = 33;
  private static final int H = 31;

  /** A projection, hidden states and targets, with what they should give. */
  private static final class Problem {
    final double[] hidden;
    final double[] weight = Bfloat16.rounded(Samples.normal(2, V * H, 0.2));
    final double[] bias = Samples.normal(3, V, 1);
    final int[] targets;
    final double[] upstream;
    final CrossEntropyOracle.Result expected;
    final LinearOracle.Gradients gradients;

    Problem(double[] hidden, int[] targets, CrossEntropyOracle.Reduction reduction) {
      this.hidden = hidden;
      this.targets = targets;
      upstream = Samples.normal(4, targets.length, 1);
      double[] logits = LinearOracle.forward(hidden, weight, bias, H, V);
      expected =
          CrossEntropyOracle.hard(
              logits,
              targets,
              V,
              CrossEntropyOracle.Options.of(reduction),
              reduction == CrossEntropyOracle.Reduction.NONE ? upstream : new double[] {1});
      gradients = LinearOracle.backward(hidden, weight, expected.gradient(), H, V);
    }
  }

  private static double[] hidden(int rows) {
    return Bfloat16.rounded(Samples.normal(1, rows * H, 1));
  }

  private static LinearWeights gradients(Bench bench) {
    return new LinearWeights(bench.output(V, H), bench.output(V));
  }

  private static Projected projected(
      Bench bench, Problem problem, LossSettings settings, LinearWeights gradients, int chunk) {
    int tokens = problem.targets.length;
    CrossEntropy loss =
        new CrossEntropy(bench.device(), tokens, V, CrossEntropyOptions.PLAIN, settings);
    loss.targets().write(problem.targets);
    LinearWeights weights =
        new LinearWeights(bench.halves(problem.weight, V, H), bench.floats(problem.bias));
    return new Projected(loss, weights, gradients, chunk);
  }

  @OnEveryDevice
  void losses_and_gradients_are_those_of_the_rounded_numbers(Bench bench) {
    int tokens = 37;
    int[] targets = Samples.integers(5, tokens, V);
    int[] some = targets.clone();
    for (int row = 0; row < tokens; row += 3) {
      some[row] = -100;
    }
    for (int[] counted : new int[][] {targets, some}) {
      Problem problem = new Problem(hidden(tokens), counted, CrossEntropyOracle.Reduction.NONE);
      for (int chunk : new int[] {1, 7, tokens}) {
        LinearWeights gradients = gradients(bench);
        try (Projected fused = projected(bench, problem, LossSettings.NONE, gradients, chunk)) {
          Tensor gradHidden = bench.output(tokens, H);
          fused.forwardBackward(
              bench.halves(problem.hidden, tokens, H),
              bench.floats(problem.upstream),
              false,
              gradHidden);
          String what = " in chunks of " + chunk;
          Tolerance tolerance = Tolerance.FLOAT32;
          tolerance.assertClose(
              "losses" + what, problem.expected.loss(), fused.losses().toFloats());
          assertClose(problem, gradients, gradHidden, what);
        }
      }
    }
  }

  private static void assertClose(
      Problem problem, LinearWeights gradients, Tensor gradHidden, String what) {
    Tolerance tolerance = Tolerance.FLOAT32;
    tolerance.assertClose("hidden" + what, problem.gradients.x(), gradHidden.toFloats());
    tolerance.assertClose(
        "weight" + what, problem.gradients.weight(), gradients.weight().toFloats());
    tolerance.assertClose("bias" + what, problem.gradients.bias(), gradients.bias().toFloats());
  }

  /** One target and hidden states of one sign: a sum in bfloat16 would stand still long before. */
  @OnEveryDevice
  void the_weight_gradient_of_many_chunks_is_as_exact_as_of_one(Bench bench) {
    int tokens = 1500;
    double[] positive = hidden(tokens);
    Arrays.setAll(positive, i -> Math.abs(positive[i]));
    Problem problem = new Problem(positive, new int[tokens], CrossEntropyOracle.Reduction.SUM);
    Tensor hidden = bench.halves(problem.hidden, tokens, H);
    for (int chunk : new int[] {tokens, 2}) {
      LinearWeights gradients = gradients(bench);
      try (Projected fused =
          projected(bench, problem, LossSettings.of(Reduction.SUM), gradients, chunk)) {
        fused.forwardBackward(hidden, null, false, bench.output(tokens, H));
        String what = " in chunks of " + chunk;
        Tolerance tolerance = Tolerance.FLOAT32.scaled(tokens);
        tolerance.assertClose(
            "weight" + what, problem.gradients.weight(), gradients.weight().toFloats());
        tolerance.assertClose("bias" + what, problem.gradients.bias(), gradients.bias().toFloats());
      }
    }
  }

  @OnEveryDevice
  void hidden_states_of_another_type_than_the_weights_are_refused(Bench bench) {
    Problem problem = new Problem(hidden(5), new int[5], CrossEntropyOracle.Reduction.NONE);
    LinearWeights gradients = gradients(bench);
    int[] before = Bench.bits(gradients.weight());
    try (Projected fused = projected(bench, problem, LossSettings.NONE, gradients, 2)) {
      Tensor floats = bench.floats(problem.hidden, 5, H);
      assertEquals(
          "projected loss: expected the hidden states of 5 tokens by 31 of BFLOAT16, found "
              + floats,
          assertThrows(IllegalArgumentException.class, () -> fused.forward(floats)).getMessage());
      Tensor hidden = bench.halves(problem.hidden, 5, H);
      assertThrows(
          IllegalArgumentException.class,
          () -> fused.forwardBackward(hidden, null, false, bench.halfOutput(5, H)));
    }
    assertArrayEquals(before, Bench.bits(gradients.weight()));
  }
}
