package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.LossOptions;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Parameters;
import dev.surprisal.nn.Projection;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

/** Fused with its projection, a loss is what it is of whole logits. */
class ProjectedTest {
  private static final int M = 20;
  private static final int V = 33;
  private static final int H = 7;
  private static final int[] CHUNKS = {1, 3, 7, 20, 100};
  private static final LossSettings ALL =
      LossSettings.MEAN.with(new LossOptions(0.5f, 8, 1e-2f, 0.1f));

  private static Projection projection(Bench bench, Parameters parameters) {
    Projection projection = new Projection(parameters, "linear");
    projection.weights().weight().write(integers(1, V * H));
    projection.weights().bias().write(integers(2, V));
    return projection;
  }

  private static Parameters parameters(Bench bench) {
    return new Parameters(bench.device(), Projection.parameters("linear", H, V));
  }

  /** Small ones, whose products are exact in whatever order they are summed. */
  private static float[] integers(int seed, int count) {
    int[] values = Samples.integers(seed, count, 7);
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = values[i] - 3;
    }
    return floats;
  }

  private static Tensor hidden(Bench bench) {
    return bench.floats(Samples.doubles(integers(3, M * H)), M, H);
  }

  @OnEveryDevice
  void every_chunk_size_gives_the_statistics_of_whole_logits_bit_for_bit(Bench bench) {
    for (LossCase of : LossCase.values()) {
      try (Parameters parameters = parameters(bench)) {
        Projection projection = projection(bench, parameters);
        Tensor hidden = hidden(bench);
        Tensor logits = bench.output(M, V);
        projection.logits(hidden, logits);
        LossSettings settings = of.statistics(ALL);
        try (LogitsLoss plain = of.make(bench, M, V, settings)) {
          plain.forward(logits);
          for (int chunk : CHUNKS) {
            LogitsLoss loss = of.make(bench, M, V, settings);
            try (Projected fused = new Projected(loss, projection, chunk)) {
              fused.forward(hidden);
              String what = of + " in chunks of " + chunk;
              assertArrayEquals(Bench.bits(plain.losses()), Bench.bits(loss.losses()), what);
              assertArrayEquals(Bench.bits(plain.total()), Bench.bits(fused.total()), what);
              for (Statistic statistic : settings.statistics()) {
                assertArrayEquals(
                    Bench.bits(plain.statistic(statistic)),
                    Bench.bits(loss.statistic(statistic)),
                    what + ": " + statistic);
              }
            }
          }
        }
      }
    }
  }

  @OnEveryDevice
  void every_chunk_size_gives_the_gradients_of_whole_logits(Bench bench) {
    double[] upstream = Samples.normal(4, M, 1);
    for (LossCase of : LossCase.values()) {
      try (Parameters parameters = parameters(bench);
          LogitsLoss plain = of.make(bench, M, V, ALL)) {
        Projection projection = projection(bench, parameters);
        Tensor hidden = hidden(bench);
        Tensor logits = bench.output(M, V);
        Tensor gradHidden = bench.output(M, H);
        Tensor arriving = bench.floats(upstream);
        projection.logits(hidden, logits);
        plain.forwardBackward(logits, arriving, false, logits);
        projection.backward(hidden, logits, false, gradHidden);
        double[] expected = Samples.doubles(gradHidden.toFloats());
        double[] ofWeights = Samples.doubles(parameters.gradients().toFloats());
        for (int chunk : CHUNKS) {
          parameters.gradients().write(nans(parameters));
          LogitsLoss loss = of.make(bench, M, V, ALL);
          try (Projected fused = new Projected(loss, projection, chunk)) {
            fused.forwardBackward(hidden, arriving, false, gradHidden);
            String what = of + " in chunks of " + chunk;
            assertArrayEquals(Bench.bits(plain.total()), Bench.bits(fused.total()), what);
            Tolerance.FLOAT32.assertClose(what + ", hidden", expected, gradHidden.toFloats());
            for (String name : parameters.names()) {
              Tolerance.FLOAT32.assertClose(
                  what + ", " + name,
                  part(parameters, ofWeights, name),
                  parameters.gradient(name).toFloats());
            }
          }
        }
      }
    }
  }

  private static double[] part(Parameters parameters, double[] all, String name) {
    int first = (int) ((parameters.gradient(name).offset() - parameters.gradients().offset()) / 4);
    return Arrays.copyOfRange(all, first, first + (int) parameters.gradient(name).elements());
  }

  private static float[] nans(Parameters parameters) {
    float[] nans = new float[(int) parameters.gradients().elements()];
    Arrays.fill(nans, Float.NaN);
    return nans;
  }

  private static Projected crossEntropy(
      Bench bench, Projection projection, int[] targets, int chunk) {
    CrossEntropy loss =
        new CrossEntropy(
            bench.device(), targets.length, V, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
    loss.targets().write(targets);
    return new Projected(loss, projection, chunk);
  }

  @OnEveryDevice
  void rows_that_are_ignored_are_not_even_looked_at(Bench bench) {
    int[] targets = Samples.integers(5, M, V);
    float[] values = integers(3, M * H);
    for (int row = 0; row < M; row += 3) {
      targets[row] = -100;
      Arrays.fill(values, row * H, (row + 1) * H, Float.NaN);
    }
    try (Parameters parameters = parameters(bench)) {
      Projection projection = projection(bench, parameters);
      Tensor hidden = bench.floats(Samples.doubles(values), M, H);
      Tensor gradHidden = bench.output(M, H);
      for (int chunk : CHUNKS) {
        try (Projected fused = crossEntropy(bench, projection, targets, chunk)) {
          fused.forwardBackward(hidden, null, false, gradHidden);
          float[] found = gradHidden.toFloats();
          for (int row = 0; row < M; row++) {
            boolean ignored = row % 3 == 0;
            float[] gradient = Arrays.copyOfRange(found, row * H, (row + 1) * H);
            assertEquals(ignored, Arrays.equals(new float[H], gradient), "row " + row);
            assertEquals(ignored, fused.losses().toFloats()[row] == 0);
          }
          assertTrue(Float.isFinite(fused.total().toFloats()[0]));
          for (float gradient : parameters.gradients().toFloats()) {
            assertTrue(Float.isFinite(gradient));
          }
        }
      }
    }
  }

  @OnEveryDevice
  void dropped_rows_change_nothing_of_the_others(Bench bench) {
    int[] all = Samples.integers(5, M, V);
    int[] some = all.clone();
    for (int row = 1; row < M; row += 2) {
      some[row] = -100;
    }
    try (Parameters parameters = parameters(bench);
        Projected whole = crossEntropy(bench, projection(bench, parameters), all, 7);
        Projected half = crossEntropy(bench, projection(bench, parameters), some, 7)) {
      Tensor hidden = hidden(bench);
      Tensor gradAll = bench.output(M, H);
      Tensor gradSome = bench.output(M, H);
      whole.forwardBackward(hidden, null, false, gradAll);
      half.forwardBackward(hidden, null, false, gradSome);
      for (int row = 0; row < M; row += 2) {
        assertEquals(whole.losses().toFloats()[row], half.losses().toFloats()[row]);
        double[] expected = new double[H];
        for (int h = 0; h < H; h++) {
          // The mean is over half as many.
          expected[h] = 2 * gradAll.toFloats()[row * H + h];
        }
        float[] found = Arrays.copyOfRange(gradSome.toFloats(), row * H, (row + 1) * H);
        Tolerance.FLOAT32.assertClose("row " + row, expected, found);
      }
    }
  }

  @OnEveryDevice
  void a_batch_of_which_nothing_counts_has_loss_0_and_no_gradient(Bench bench) {
    int[] ignored = new int[M];
    Arrays.fill(ignored, -100);
    for (int[] targets : new int[][] {ignored, {}}) {
      try (Parameters parameters = parameters(bench)) {
        Projection projection = projection(bench, parameters);
        parameters.gradients().write(nans(parameters));
        Tensor gradHidden = bench.output(targets.length, H);
        try (Projected fused = crossEntropy(bench, projection, targets, 7)) {
          Tensor hidden = bench.floats(new double[targets.length * H], targets.length, H);
          fused.forwardBackward(hidden, null, false, gradHidden);
          assertEquals(0, fused.total().toFloats()[0]);
          assertArrayEquals(new float[targets.length * H], gradHidden.toFloats());
          for (String name : parameters.names()) {
            Tensor gradient = parameters.gradient(name);
            assertArrayEquals(new float[(int) gradient.elements()], gradient.toFloats());
          }
        }
      }
    }
  }

  @OnEveryDevice
  void gradients_of_several_batches_add_up(Bench bench) {
    int[] targets = Samples.integers(5, M, V);
    try (Parameters parameters = parameters(bench);
        Projected fused = crossEntropy(bench, projection(bench, parameters), targets, 7)) {
      Tensor hidden = hidden(bench);
      Tensor gradHidden = bench.output(M, H);
      fused.forwardBackward(hidden, null, false, gradHidden);
      double[] twice = Samples.doubles(parameters.gradients().toFloats());
      Arrays.setAll(twice, i -> 2 * twice[i]);
      fused.forwardBackward(hidden, null, true, gradHidden);
      Tolerance.FLOAT32.assertClose("twice", twice, parameters.gradients().toFloats());
    }
  }

  @OnEveryDevice
  void targets_may_come_to_count_and_cease_to_from_step_to_step(Bench bench) {
    int[] all = Samples.integers(5, M, V);
    int[] some = all.clone();
    some[4] = -100;
    int[] others = all.clone();
    others[11] = -100;
    try (Parameters parameters = parameters(bench)) {
      Projection projection = projection(bench, parameters);
      Tensor hidden = hidden(bench);
      CrossEntropy loss =
          new CrossEntropy(bench.device(), M, V, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
      try (Projected fused = new Projected(loss, projection, 7)) {
        for (int[] targets : new int[][] {all, some, others, all}) {
          loss.targets().write(targets);
          fused.forward(hidden);
          try (Projected alone = crossEntropy(bench, projection, targets, 7)) {
            alone.forward(hidden);
            assertArrayEquals(alone.losses().toFloats(), fused.losses().toFloats());
            assertEquals(alone.total().toFloats()[0], fused.total().toFloats()[0]);
          }
        }
      }
    }
  }

  @OnEveryDevice
  void it_holds_a_chunk_of_logits_and_little_for_tokens_and_classes(Bench bench) {
    int classes = 5003;
    int tokens = 500;
    int chunk = 10;
    try (Parameters parameters =
        new Parameters(bench.device(), Projection.parameters("linear", H, classes))) {
      long before = bench.device().memory().current();
      CrossEntropy loss =
          new CrossEntropy(
              bench.device(), tokens, classes, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
      try (Projected fused = new Projected(loss, new Projection(parameters, "linear"), chunk)) {
        Tensor hidden = bench.floats(new double[tokens * H], tokens, H);
        Tensor gradHidden = bench.output(tokens, H);
        long inputs = bench.device().memory().current();
        fused.forwardBackward(hidden, null, false, gradHidden);
        long taken = bench.device().memory().current() - before - 2L * 4 * tokens * H;
        assertTrue(inputs <= bench.device().memory().current());
        long allowed = 4L * chunk * classes + 32L * (tokens + classes);
        assertTrue(taken <= allowed, taken + " bytes, allowed " + allowed);
      }
    }
  }

  @OnEveryDevice
  void what_does_not_fit_is_refused(Bench bench) {
    try (Parameters parameters = parameters(bench)) {
      Projection projection = projection(bench, parameters);
      int[] targets = new int[M];
      assertRefused(
          "a chunk has 1 row or more, found 0", () -> crossEntropy(bench, projection, targets, 0));
      assertRefused(
          "projected loss: expected a loss of the projection's 33 classes, found one of 31",
          () ->
              new Projected(
                  new CrossEntropy(
                      bench.device(), M, 31, CrossEntropyOptions.PLAIN, LossSettings.MEAN),
                  projection));
      try (Projected fused = crossEntropy(bench, projection, targets, 7)) {
        assertThrows(IllegalArgumentException.class, () -> fused.forward(bench.output(M, H + 1)));
        Tensor hidden = hidden(bench);
        assertThrows(
            IllegalArgumentException.class,
            () -> fused.forwardBackward(hidden, null, false, bench.output(M - 1, H)));
      }
      CrossEntropy loss =
          new CrossEntropy(bench.device(), M, V, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
      try (Projected forward = new Projected(loss, projection.weights(), null, 7)) {
        forward.forward(hidden(bench));
        assertThrows(
            IllegalStateException.class,
            () -> forward.forwardBackward(hidden(bench), null, false, bench.output(M, H)));
      }
    }
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
