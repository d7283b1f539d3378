package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Recording;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.LinearOracle;
import dev.surprisal.oracle.SampledOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class SampledTest {
  private static final int M = 20;
  private static final int V = 60;
  private static final int H = 7;
  private static final int S = 40;
  private static final int IGNORED = -100;
  private static final long SEED = 5;

  private static final double[] WEIGHT = Samples.normal(1, V * H, 0.7);
  private static final double[] BIAS = Samples.normal(2, V, 0.7);
  private static final double[] HIDDEN = Samples.normal(3, M * H, 1);
  private static final double[] UPSTREAM = Samples.normal(4, M, 1);
  private static final int[] TARGETS = Samples.integers(6, M, V);

  private static int[] someIgnored() {
    int[] targets = TARGETS.clone();
    for (int token = 0; token < M; token += 3) {
      targets[token] = IGNORED;
    }
    return targets;
  }

  /** A loss with what it works on. */
  private static final class Fixture implements AutoCloseable {
    final Sampled loss;
    final Tensor hidden;
    final Tensor gradHidden;
    final LinearWeights gradients;

    Fixture(Bench bench, SampledLoss kind, Reduction reduction) {
      LinearWeights weights = new LinearWeights(bench.floats(WEIGHT, V, H), bench.floats(BIAS));
      gradients = new LinearWeights(bench.output(V, H), bench.output(V));
      hidden = bench.floats(HIDDEN, M, H);
      gradHidden = bench.output(M, H);
      Sampler sampler = Sampler.logUniform(bench.device(), V, SEED);
      loss = new Sampled(kind, sampler, S, weights, gradients, M, IGNORED, reduction);
    }

    @Override
    public void close() {
      loss.close();
    }
  }

  /** What a batch gives, worked out from the classes that are drawn for it. */
  private static final class Expected {
    final double[] losses = new double[M];
    final double[] hidden = new double[M * H];
    final double[] weight = new double[V * H];
    final double[] bias = new double[V];

    Expected(Bench bench, SampledLoss kind, int[] targets, long draw, double[] factors) {
      Tensor drawn = bench.intOutput(S);
      double[] logP = new double[V];
      try (Sampler sampler = Sampler.logUniform(bench.device(), V, SEED)) {
        sampler.next(draw);
        sampler.draw(drawn);
        logP = Samples.doubles(sampler.logProbabilities().toFloats());
      }
      int[] samples = drawn.toInts();
      double[] all = LinearOracle.forward(HIDDEN, WEIGHT, BIAS, H, V);
      double[] gradAll = new double[M * V];
      for (int n = 0; n < M; n++) {
        if (targets[n] != IGNORED) {
          double[] z = new double[S];
          for (int i = 0; i < S; i++) {
            z[i] = all[n * V + samples[i]];
          }
          double[] own = {all[n * V + targets[n]]};
          int[] target = {targets[n]};
          double[] factor = {factors[n]};
          SampledOracle.Result result =
              kind == SampledLoss.SOFTMAX
                  ? SampledOracle.softmax(z, own, target, samples, logP, factor)
                  : SampledOracle.noise(z, own, target, samples, logP, factor);
          losses[n] = result.losses()[0];
          for (int i = 0; i < S; i++) {
            gradAll[n * V + samples[i]] += result.logits()[i];
          }
          gradAll[n * V + targets[n]] += result.targetLogits()[0];
        }
      }
      LinearOracle.Gradients gradients = LinearOracle.backward(HIDDEN, WEIGHT, gradAll, H, V);
      System.arraycopy(gradients.x(), 0, hidden, 0, hidden.length);
      System.arraycopy(gradients.weight(), 0, weight, 0, weight.length);
      System.arraycopy(gradients.bias(), 0, bias, 0, bias.length);
    }

    void check(String what, Fixture found) {
      Tolerance tolerance = Tolerance.FLOAT32.scaled(2 * S);
      tolerance.assertClose(what + ": losses", losses, found.loss.losses().toFloats());
      tolerance.assertClose(what + ": hidden", hidden, found.gradHidden.toFloats());
      tolerance.assertClose(what + ": weight", weight, found.gradients.weight().toFloats());
      tolerance.assertClose(what + ": bias", bias, found.gradients.bias().toFloats());
    }
  }

  private static double counted(int[] targets) {
    return Arrays.stream(targets).filter(target -> target != IGNORED).count();
  }

  @OnEveryDevice
  void losses_and_all_gradients_are_those_of_the_formulas(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      for (Reduction reduction : Reduction.values()) {
        try (Fixture fixture = new Fixture(bench, kind, reduction)) {
          if (reduction == Reduction.MEAN_OF_GIVEN) {
            fixture.loss.tokenCount(50);
          }
          long draw = 0;
          for (int[] targets : new int[][] {TARGETS, someIgnored(), TARGETS}) {
            double divisor =
                switch (reduction) {
                  case MEAN -> counted(targets);
                  case MEAN_OF_GIVEN -> 50;
                  default -> 1;
                };
            double[] factors = Arrays.stream(UPSTREAM).map(u -> u / divisor).toArray();
            fixture.loss.targets().write(targets);
            fixture.loss.forwardBackward(
                fixture.hidden, bench.floats(UPSTREAM), false, fixture.gradHidden);
            Expected expected = new Expected(bench, kind, targets, draw++, factors);
            expected.check(kind + ", " + reduction, fixture);
            if (reduction != Reduction.NONE) {
              double total = Arrays.stream(expected.losses).sum() / divisor;
              Tolerance.FLOAT32
                  .scaled(M * S)
                  .assertClose("total", total, fixture.loss.total().toFloats()[0]);
            }
          }
        }
      }
    }
  }

  @OnEveryDevice
  void the_loss_alone_is_the_loss_with_the_gradient(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      try (Fixture alone = new Fixture(bench, kind, Reduction.MEAN);
          Fixture both = new Fixture(bench, kind, Reduction.MEAN)) {
        for (Fixture fixture : new Fixture[] {alone, both}) {
          fixture.loss.targets().write(someIgnored());
        }
        alone.loss.forward(alone.hidden);
        both.loss.forwardBackward(both.hidden, null, false, both.gradHidden);
        assertArrayEquals(Bench.bits(both.loss.losses()), Bench.bits(alone.loss.losses()));
        assertArrayEquals(Bench.bits(both.loss.total()), Bench.bits(alone.loss.total()));
        assertTrue(Float.isNaN(alone.gradients.weight().toFloats()[0]));
      }
    }
  }

  @OnEveryDevice
  void gradients_add_up_to_those_of_both_batches(Bench bench) {
    double[] ones = new double[M];
    Arrays.fill(ones, 1);
    for (SampledLoss kind : SampledLoss.values()) {
      try (Fixture fixture = new Fixture(bench, kind, Reduction.SUM)) {
        int[][] batches = {someIgnored(), TARGETS};
        double[] weight = new double[V * H];
        double[] bias = new double[V];
        for (int batch = 0; batch < 2; batch++) {
          fixture.loss.targets().write(batches[batch]);
          fixture.loss.forwardBackward(fixture.hidden, null, batch > 0, fixture.gradHidden);
          Expected expected = new Expected(bench, kind, batches[batch], batch, ones);
          Arrays.setAll(weight, i -> weight[i] + expected.weight[i]);
          Arrays.setAll(bias, i -> bias[i] + expected.bias[i]);
        }
        Tolerance tolerance = Tolerance.FLOAT32.scaled(4 * S);
        tolerance.assertClose("weight", weight, fixture.gradients.weight().toFloats());
        tolerance.assertClose("bias", bias, fixture.gradients.bias().toFloats());
      }
    }
  }

  @OnEveryDevice
  void a_batch_that_is_ignored_has_loss_0_and_no_gradient(Bench bench) {
    int[] ignored = new int[M];
    Arrays.fill(ignored, IGNORED);
    for (SampledLoss kind : SampledLoss.values()) {
      try (Fixture fixture = new Fixture(bench, kind, Reduction.MEAN)) {
        fixture.loss.targets().write(ignored);
        fixture.loss.forwardBackward(fixture.hidden, null, false, fixture.gradHidden);
        assertArrayEquals(new float[M], fixture.loss.losses().toFloats());
        assertEquals(0, fixture.loss.total().toFloats()[0]);
        assertArrayEquals(new float[M * H], fixture.gradHidden.toFloats());
        assertArrayEquals(new float[V * H], fixture.gradients.weight().toFloats());
        assertArrayEquals(new float[V], fixture.gradients.bias().toFloats());
        fixture.gradients.bias().write(Samples.floats(BIAS));
        fixture.loss.forwardBackward(fixture.hidden, null, true, fixture.gradHidden);
        assertArrayEquals(Samples.floats(BIAS), fixture.gradients.bias().toFloats());
      }
    }
  }

  @OnEveryDevice
  void an_empty_batch_has_loss_0(Bench bench) {
    LinearWeights weights = new LinearWeights(bench.floats(WEIGHT, V, H), bench.floats(BIAS));
    LinearWeights gradients = new LinearWeights(bench.output(V, H), bench.output(V));
    try (Sampled loss =
        new Sampled(
            SampledLoss.SOFTMAX,
            Sampler.logUniform(bench.device(), V, 1),
            S,
            weights,
            gradients,
            0,
            IGNORED,
            Reduction.MEAN)) {
      loss.forwardBackward(bench.output(0, H), null, false, bench.output(0, H));
      assertEquals(0, loss.total().toFloats()[0]);
      assertArrayEquals(new float[V], gradients.bias().toFloats());
    }
  }

  @OnEveryDevice
  void a_recorded_step_draws_anew_and_does_what_it_does_without(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      try (Fixture plain = new Fixture(bench, kind, Reduction.MEAN);
          Fixture recorded = new Fixture(bench, kind, Reduction.MEAN)) {
        plain.loss.targets().write(TARGETS);
        recorded.loss.targets().write(TARGETS);
        Runnable work =
            () -> recorded.loss.forwardBackward(recorded.hidden, null, false, recorded.gradHidden);
        float[] before = null;
        try (Recording recording = bench.device().recording(work)) {
          for (int step = 0; step < 4; step++) {
            plain.loss.forwardBackward(plain.hidden, null, false, plain.gradHidden);
            recording.run();
            assertArrayEquals(Bench.bits(plain.gradHidden), Bench.bits(recorded.gradHidden));
            assertArrayEquals(
                Bench.bits(plain.gradients.weight()), Bench.bits(recorded.gradients.weight()));
            assertFalse(Arrays.equals(before, recorded.loss.losses().toFloats()));
            before = recorded.loss.losses().toFloats();
          }
        }
      }
    }
  }

  @OnEveryDevice
  void a_target_that_is_no_class_is_refused(Bench bench) {
    try (Fixture fixture = new Fixture(bench, SampledLoss.SOFTMAX, Reduction.MEAN)) {
      int[] targets = TARGETS.clone();
      targets[3] = V;
      String message =
          assertThrows(IllegalArgumentException.class, () -> fixture.loss.targets().write(targets))
              .getMessage();
      assertEquals("sampled loss: expected a token in [0, 60) at position 3, found 60", message);
      fixture.loss.targets().ids().write(targets);
      assertThrows(
          IllegalArgumentException.class,
          () -> {
            fixture.loss.forwardBackward(fixture.hidden, null, false, fixture.gradHidden);
            bench.device().synchronize();
          });
      assertTrue(Float.isNaN(fixture.gradHidden.toFloats()[0]));
    }
  }

  @OnEveryDevice
  void what_does_not_fit_is_refused_when_the_loss_is_made(Bench bench) {
    LinearWeights weights = new LinearWeights(bench.floats(WEIGHT, V, H), bench.floats(BIAS));
    for (int samples : new int[] {0, -1, V + 1}) {
      assertEquals(
          "sampled loss: expected 1 to 60 samples (all classes), found " + samples,
          refusal(bench, V, samples, weights, M));
    }
    assertEquals(
        "sampled loss: expected a sampler of the projection's 60 classes, found one of 61",
        refusal(bench, V + 1, S, weights, M));
    assertEquals(
        "sampled loss: expected 0 to 2^31 - 9 tokens and samples, found -1 and 40",
        refusal(bench, V, S, weights, -1));
    try (Sampled loss =
        new Sampled(
            SampledLoss.SOFTMAX,
            Sampler.logUniform(bench.device(), V, 1),
            V,
            weights,
            null,
            M,
            IGNORED,
            Reduction.NONE)) {
      Tensor hidden = bench.floats(HIDDEN, M, H);
      assertThrows(IllegalStateException.class, loss::total);
      assertThrows(IllegalStateException.class, () -> loss.tokenCount(3));
      assertThrows(
          IllegalStateException.class, () -> loss.forwardBackward(hidden, null, false, hidden));
      Tensor other = bench.output(M, H + 1);
      assertThrows(IllegalArgumentException.class, () -> loss.forward(other));
      loss.forward(hidden);
      assertTrue(loss.losses().toFloats()[0] > 0);
    }
  }

  private static String refusal(
      Bench bench, int classes, int samples, LinearWeights weights, int tokens) {
    Sampler sampler = Sampler.logUniform(bench.device(), classes, 1);
    return assertThrows(
            IllegalArgumentException.class,
            () ->
                new Sampled(
                    SampledLoss.SOFTMAX,
                    sampler,
                    samples,
                    weights,
                    weights,
                    tokens,
                    IGNORED,
                    Reduction.MEAN))
        .getMessage();
  }
}
