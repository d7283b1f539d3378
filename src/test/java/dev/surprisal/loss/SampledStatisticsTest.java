package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.LinearOracle;
import dev.surprisal.oracle.SampledOracle;
import dev.surprisal.oracle.Samples;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;

/**
 * What sampled classes stand for: over many draws, of seeds that are always the same, means lie
 * within 3 standard errors of what all classes give.
 */
@Tag("long")
class SampledStatisticsTest {
  private static final int DRAWS = 4000;
  private static final int M = 3;
  private static final int V = 50;
  private static final int H = 4;
  private static final int S = 16;
  private static final int[] TARGETS = {0, 7, 40};
  private static final double[] WEIGHT = Samples.normal(1, V * H, 0.5);
  private static final double[] BIAS = Samples.normal(2, V, 0.5);
  private static final double[] HIDDEN = Samples.normal(3, M * H, 1);
  private static final double[] LOGITS = LinearOracle.forward(HIDDEN, WEIGHT, BIAS, H, V);

  /** Mean and its standard error, of values one after the other. */
  private static final class Mean {
    private double mean;
    private double squares;
    private int count;

    void add(double value) {
      double apart = value - mean;
      mean += apart / ++count;
      squares += apart * (value - mean);
    }

    double error() {
      return Math.sqrt(squares / (count - 1) / count);
    }

    /** Fails, too, where the error is so large that anything would do. */
    void assertUnbiased(String what, double expected, double largestError) {
      double deviate = (mean - expected) / error();
      assertTrue(
          Math.abs(deviate) <= 3,
          () -> what + ": expected " + expected + ", found " + mean + ", " + deviate + " errors");
      assertTrue(error() <= largestError, () -> what + ": an error of " + error());
    }
  }

  private static Mean[] means(int count) {
    Mean[] means = new Mean[count];
    Arrays.setAll(means, i -> new Mean());
    return means;
  }

  private static List<Sampler> samplers(Bench bench) {
    long[] counts = new long[V];
    Arrays.setAll(counts, v -> 1 + 1000 / (v + 1));
    return List.of(
        Sampler.logUniform(bench.device(), V, 11),
        Sampler.unigram(bench.device(), counts, 0.75, 12));
  }

  private static Sampled loss(Bench bench, SampledLoss kind, Sampler sampler) {
    Sampled loss =
        new Sampled(
            kind,
            sampler,
            S,
            new LinearWeights(bench.floats(WEIGHT, V, H), bench.floats(BIAS)),
            new LinearWeights(bench.output(V, H), bench.output(V)),
            M,
            -100,
            Reduction.NONE);
    loss.targets().write(TARGETS);
    return loss;
  }

  private static double[] correctionsOf(Sampler sampler) {
    double[] corrections = Samples.doubles(sampler.logProbabilities().toFloats());
    Arrays.setAll(corrections, v -> corrections[v] + Math.log(S));
    return corrections;
  }

  @OnEveryDevice
  void the_sum_of_sampled_terms_is_an_unbiased_estimate_of_the_sum_over_all_classes(Bench bench) {
    for (Sampler sampler : samplers(bench)) {
      try (Sampled loss = loss(bench, SampledLoss.SOFTMAX, sampler)) {
        Tensor hidden = bench.floats(HIDDEN, M, H);
        Mean[] sums = means(M);
        for (int draw = 0; draw < bench.draws(DRAWS); draw++) {
          loss.forward(hidden);
          float[] losses = loss.losses().toFloats();
          for (int n = 0; n < M; n++) {
            sums[n].add(Math.exp(losses[n] + LOGITS[n * V + TARGETS[n]]));
          }
        }
        for (int n = 0; n < M; n++) {
          double all = 0;
          for (int v = 0; v < V; v++) {
            all += Math.exp(LOGITS[n * V + v]);
          }
          sums[n].assertUnbiased("sum of token " + n, all, 0.05 * all);
        }
      }
    }
  }

  @OnEveryDevice
  void the_noise_contrastive_loss_and_its_gradient_are_unbiased(Bench bench) {
    for (Sampler sampler : samplers(bench)) {
      try (Sampled loss = loss(bench, SampledLoss.NOISE_CONTRASTIVE, sampler)) {
        double[] corrections = correctionsOf(sampler);
        Tensor hidden = bench.floats(HIDDEN, M, H);
        Tensor gradHidden = bench.output(M, H);
        Mean[] losses = means(M);
        Mean[] gradients = means(M * H);
        for (int draw = 0; draw < bench.draws(DRAWS); draw++) {
          loss.forwardBackward(hidden, null, false, gradHidden);
          float[] found = loss.losses().toFloats();
          float[] gradient = gradHidden.toFloats();
          for (int n = 0; n < M; n++) {
            losses[n].add(found[n]);
          }
          for (int i = 0; i < M * H; i++) {
            gradients[i].add(gradient[i]);
          }
        }
        for (int n = 0; n < M; n++) {
          assertUnbiased(
              n, corrections, losses[n], Arrays.copyOfRange(gradients, n * H, n * H + H));
        }
      }
    }
  }

  /** Against the expectation over samples: S·Σ_v P(v) times what class v adds as a sample. */
  private static void assertUnbiased(int n, double[] corrections, Mean loss, Mean[] gradients) {
    double own = LOGITS[n * V + TARGETS[n]] - corrections[TARGETS[n]];
    double expected = SampledOracle.softplus(-own);
    double[] gradient = new double[H];
    for (int i = 0; i < H; i++) {
      gradient[i] = -SampledOracle.sigmoid(-own) * WEIGHT[TARGETS[n] * H + i];
    }
    for (int v = 0; v < V; v++) {
      double often = Math.exp(corrections[v]);
      double x = LOGITS[n * V + v] - corrections[v];
      expected += often * SampledOracle.softplus(x);
      for (int i = 0; i < H; i++) {
        gradient[i] += often * SampledOracle.sigmoid(x) * WEIGHT[v * H + i];
      }
    }
    loss.assertUnbiased("loss of token " + n, expected, 0.05 * expected);
    for (int i = 0; i < H; i++) {
      gradients[i].assertUnbiased("gradient " + i + " of token " + n, gradient[i], 0.15);
    }
  }

  @OnEveryDevice
  void the_more_samples_the_nearer_sampled_softmax_is_to_the_whole_one(Bench bench) {
    int classes = 3000;
    double[] weight = Samples.normal(1, classes * H, 0.5);
    double[] bias = Samples.normal(2, classes, 0.5);
    int[] targets = {5, 700, 2999};
    double[] whole = new double[M];
    double[] logits = LinearOracle.forward(HIDDEN, weight, bias, H, classes);
    for (int n = 0; n < M; n++) {
      double sum = 0;
      for (int v = 0; v < classes; v++) {
        sum += Math.exp(logits[n * classes + v]);
      }
      whole[n] = Math.log(sum) - logits[n * classes + targets[n]];
    }
    double[] apart = new double[3];
    int[] samples = {30, 300, 3000};
    for (int i = 0; i < samples.length; i++) {
      long[] even = new long[classes];
      Arrays.fill(even, 1);
      try (Sampled loss =
          new Sampled(
              SampledLoss.SOFTMAX,
              Sampler.unigram(bench.device(), even, 1, 13),
              samples[i],
              new LinearWeights(bench.floats(weight, classes, H), bench.floats(bias)),
              null,
              M,
              -100,
              Reduction.NONE)) {
        loss.targets().write(targets);
        for (int draw = 0; draw < 20; draw++) {
          loss.forward(bench.floats(HIDDEN, M, H));
          float[] found = loss.losses().toFloats();
          for (int n = 0; n < M; n++) {
            apart[i] += Math.abs(found[n] - whole[n]) / (20 * M);
          }
        }
      }
    }
    // An error falls with the square root of the samples: to a third.
    assertTrue(apart[1] < 0.5 * apart[0] && apart[2] < 0.5 * apart[1], Arrays.toString(apart));
    assertTrue(apart[2] < 0.03, Arrays.toString(apart));
  }
}
