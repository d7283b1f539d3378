package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.LinearOracle;
import dev.surprisal.oracle.SampledOracle;
import dev.surprisal.oracle.SampledOracle.Result;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class KernelsSampledTest {
  private static final int MOST = Integer.MAX_VALUE;

  private static int[] draw(
      Bench bench, float[] thresholds, int[] aliases, int classes, long sequence, int count) {
    Tensor samples = bench.intOutput(count);
    bench
        .kernels()
        .losses()
        .drawClasses(
            thresholds == null ? null : bench.floats(Samples.doubles(thresholds)),
            aliases == null ? null : bench.ints(aliases),
            classes,
            0,
            bench.scalar(sequence),
            samples);
    return samples.toInts();
  }

  @OnEveryDevice
  void samples_are_those_of_the_published_words(Bench bench) {
    // Philox of counter and key 0, as Salmon et al. give it: two words a sample.
    double[] u = {0x6627e8d5e169c58dL * 0x1p-64, 0xbc57ac4c9b00dbd8L * 0x1p-64 + 1};
    for (int classes : new int[] {1, 2, 1000, MOST}) {
      int[] found = draw(bench, null, null, classes, 0, 2);
      for (int i = 0; i < 2; i++) {
        assertEquals((int) (Math.exp(u[i] * Math.log(classes + 1.0)) - 1), found[i]);
      }
    }
    int[] aliases = {3, 4, 0, 1, 2};
    int[] columns = draw(bench, new float[] {1, 1, 1, 1, 1}, aliases, 5, 0, 2);
    int[] others = draw(bench, new float[5], aliases, 5, 0, 2);
    for (int i = 0; i < 2; i++) {
      assertEquals((int) (5 * u[i]), columns[i]);
      assertEquals(aliases[columns[i]], others[i]);
    }
  }

  @OnEveryDevice
  void every_device_draws_the_same_samples(Bench bench) {
    float[] thresholds = Samples.floats(Samples.probabilities(1, 1, 700));
    for (int v = 0; v < 700; v += 2) {
      thresholds[v] *= 700;
    }
    int[] aliases = Samples.integers(2, 700, 700);
    for (int count : new int[] {0, 1, 2, 1023, 1025, 5001}) {
      try (Bench first = Bench.aligned(TestDevices.ofKind("cpu").get(0))) {
        for (int classes : new int[] {1, 100, 262_144, MOST}) {
          assertArrayEquals(
              draw(first, null, null, classes, -5, count),
              draw(bench, null, null, classes, -5, count));
        }
        assertArrayEquals(
            draw(first, thresholds, aliases, 700, 1L << 40, count),
            draw(bench, thresholds, aliases, 700, 1L << 40, count));
      }
    }
  }

  @OnEveryDevice
  void each_draw_raises_the_sequence_by_one(Bench bench) {
    Tensor sequence = bench.scalar(7);
    Tensor samples = bench.intOutput(50);
    for (int step = 7; step < 10; step++) {
      bench.kernels().losses().drawClasses(null, null, 1000, 0, sequence, samples);
      assertArrayEquals(draw(bench, null, null, 1000, step, 50), samples.toInts());
    }
    assertFalse(
        Arrays.equals(draw(bench, null, null, 1000, 7, 50), draw(bench, null, null, 1000, 8, 50)));
  }

  @OnEveryDevice
  void a_table_is_taken_whole_or_not_at_all(Bench bench) {
    Tensor thresholds = bench.floats(new double[3]);
    Tensor aliases = bench.ints(new int[3]);
    Tensor samples = bench.intOutput(3);
    LossKernels losses = bench.kernels().losses();
    Tensor sequence = bench.scalar(1);
    assertThrows(
        IllegalArgumentException.class,
        () -> losses.drawClasses(thresholds, null, 3, 1, sequence, samples));
    assertThrows(
        IllegalArgumentException.class,
        () -> losses.drawClasses(null, aliases, 3, 1, sequence, samples));
    assertThrows(
        IllegalArgumentException.class,
        () -> losses.drawClasses(null, null, 0, 1, sequence, samples));
  }

  @OnEveryDevice
  void target_logits_and_their_gradients_are_those_of_the_linear_layer(Bench bench) {
    int classes = 31;
    for (int width : new int[] {1, 3, 64, 201}) {
      for (int rows : new int[] {0, 1, 9, 70}) {
        double[] weight = Samples.normal(1, classes * width, 1);
        double[] bias = Samples.normal(2, classes, 1);
        double[] hidden = Samples.normal(3, rows * width, 1);
        double[] upstream = Samples.normal(4, rows, 1);
        double[] before = Samples.normal(5, rows * width, 1);
        int[] targets = Samples.integers(6, rows, classes);
        double[] all = LinearOracle.forward(hidden, weight, bias, width, classes);
        double[] expected = new double[rows];
        double[] gradHidden = before.clone();
        double[] gradRows = new double[rows * width];
        for (int n = 0; n < rows; n++) {
          expected[n] = all[n * classes + targets[n]];
          for (int i = 0; i < width; i++) {
            gradHidden[n * width + i] += upstream[n] * weight[targets[n] * width + i];
            gradRows[n * width + i] = upstream[n] * hidden[n * width + i];
          }
        }
        LinearWeights weights =
            new LinearWeights(bench.floats(weight, classes, width), bench.floats(bias));
        Tensor states = bench.floats(hidden, rows, width);
        Tensor ids = bench.ints(targets);
        Tensor logits = bench.output(rows);
        LossKernels losses = bench.kernels().losses();
        losses.targetLogits(weights, states, ids, logits);
        Tolerance.FLOAT32
            .scaled(width)
            .assertClose("logits of " + width, expected, logits.toFloats());
        Tensor sums = bench.floats(before, rows, width);
        Tensor ofRows = bench.output(rows, width);
        losses.targetLogitsBackward(weights, states, ids, bench.floats(upstream), sums, ofRows);
        Tolerance.FLOAT32.assertClose("gradient of hidden", gradHidden, sums.toFloats());
        Tolerance.FLOAT32.assertClose("gradient of rows", gradRows, ofRows.toFloats());
      }
    }
  }

  /** One call of the loss; tensors over tokens are scattered or not. */
  private static final class Call {
    final int[] targets;
    final int[] samples;
    final double[] logits;
    final double[] own;
    final double[] logProbabilities;
    double[] upstream;
    int[] positions;
    double divisor = 3;

    Call(int rows, int count, int classes) {
      targets = Samples.integers(1, rows, classes);
      samples = Samples.integers(2, count, classes);
      logits = Samples.normal(3, rows * count, 2);
      own = Samples.normal(4, rows, 2);
      logProbabilities = Samples.probabilities(5, 1, classes);
      for (int v = 0; v < classes; v++) {
        logProbabilities[v] = (float) Math.log(logProbabilities[v]);
      }
    }

    Call scattered() {
      int rows = targets.length;
      positions = new int[rows];
      Arrays.setAll(positions, row -> 2 * (rows - row));
      upstream = Samples.normal(6, 2 * rows + 1, 1);
      return this;
    }

    int tokens() {
      return positions == null ? targets.length : 2 * targets.length + 1;
    }

    Result expected(SampledLoss kind) {
      double[] factors = new double[targets.length];
      for (int n = 0; n < factors.length; n++) {
        double arriving = upstream == null ? 1 : upstream[positions == null ? n : positions[n]];
        factors[n] = divisor == 0 ? 0 : arriving / divisor;
      }
      return kind == SampledLoss.SOFTMAX
          ? SampledOracle.softmax(logits, own, targets, samples, logProbabilities, factors)
          : SampledOracle.noise(logits, own, targets, samples, logProbabilities, factors);
    }

    /** The losses of tokens, and gradients in the place of logits. */
    SampledRows run(SampledLoss kind, Bench bench) {
      SampledRows rows =
          new SampledRows(
              bench.ints(samples),
              bench.floats(logProbabilities),
              positions == null ? null : bench.ints(positions),
              upstream == null ? null : bench.floats(upstream),
              divisor == 1 ? null : bench.floats(new double[] {divisor}),
              bench.floats(logits, targets.length, samples.length),
              bench.floats(own),
              bench.output(tokens()));
      bench.kernels().losses().sampledLoss(kind, bench.ints(targets), rows);
      return rows;
    }

    void check(SampledLoss kind, Bench bench) {
      SampledRows rows = run(kind, bench);
      Result expected = expected(kind);
      float[] found = rows.losses().toFloats();
      double[] losses = new double[found.length];
      Arrays.fill(losses, Double.NaN);
      float[] chosen = new float[targets.length];
      for (int n = 0; n < chosen.length; n++) {
        chosen[n] = found[positions == null ? n : positions[n]];
        found[positions == null ? n : positions[n]] = Float.NaN;
      }
      for (float untouched : found) {
        assertTrue(Float.isNaN(untouched), "a token of no row was written");
      }
      String what = kind + " of " + samples.length;
      Tolerance.FLOAT32.scaled(samples.length).assertClose(what, expected.losses(), chosen);
      Tolerance.FLOAT32.assertClose(what, expected.logits(), rows.logits().toFloats());
      Tolerance.FLOAT32.assertClose(what, expected.targetLogits(), rows.targetLogits().toFloats());
    }
  }

  @OnEveryDevice
  void losses_and_gradients_are_those_of_the_formulas(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      for (int samples : new int[] {1, 2, 31, 257, 1000}) {
        for (int rows : new int[] {0, 1, 13}) {
          new Call(rows, samples, 37).check(kind, bench);
          new Call(rows, samples, 37).scattered().check(kind, bench);
        }
      }
      // More than registers, and products of doubles, hold.
      new Call(2, 9001, 40_000).scattered().check(kind, bench);
    }
  }

  @OnEveryDevice
  void a_sample_that_is_the_target_takes_no_part_in_the_softmax(Bench bench) {
    Call call = new Call(1, 3, 5);
    Arrays.fill(call.samples, 2);
    call.targets[0] = 2;
    SampledRows rows = call.run(SampledLoss.SOFTMAX, bench);
    assertArrayEquals(new float[1], rows.losses().toFloats());
    assertTrue(rows.targetLogits().toFloats()[0] == 0);
    assertArrayEquals(new float[3], rows.logits().toFloats());
    call.check(SampledLoss.NOISE_CONTRASTIVE, bench);
  }

  @OnEveryDevice
  void an_almost_certain_target_keeps_its_digits(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      Call call = new Call(1, 40, 50);
      call.targets[0] = 49;
      Arrays.setAll(call.samples, i -> i);
      Arrays.setAll(call.logits, i -> (float) (call.logits[i] - 20));
      call.own[0] = 30;
      call.divisor = 1;
      SampledRows rows = call.run(kind, bench);
      // What logits near 50 are rounded to is a relative error of their exponentials.
      Tolerance tolerance = new Tolerance(50 * 0x1p-23, 0);
      Result expected = call.expected(kind);
      tolerance.assertClose("loss", expected.losses(), rows.losses().toFloats());
      tolerance.assertClose("logits", expected.logits(), rows.logits().toFloats());
      tolerance.assertClose("target", expected.targetLogits(), rows.targetLogits().toFloats());
    }
  }

  @OnEveryDevice
  void logits_offset_by_2_to_the_24_cost_the_softmax_no_digits(Bench bench) {
    Call call = new Call(1, 1, 3);
    call.targets[0] = 0;
    call.samples[0] = 1;
    call.logProbabilities[1] = 0;
    call.logits[0] = 0x1p24;
    call.own[0] = 0x1p24;
    call.divisor = 1;
    SampledRows rows = call.run(SampledLoss.SOFTMAX, bench);
    assertEquals((float) Math.log(2), rows.losses().toFloats()[0]);
    assertEquals(0.5f, rows.logits().toFloats()[0]);
    assertEquals(-0.5f, rows.targetLogits().toFloats()[0]);
  }

  @OnEveryDevice
  void a_masked_sample_takes_no_part_and_a_masked_target_costs_infinitely_much(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      Call call = new Call(3, 40, 500);
      for (int i = 0; i < call.logits.length; i += 3) {
        call.logits[i] = Double.NEGATIVE_INFINITY;
      }
      call.check(kind, bench);
      call.own[1] = Double.NEGATIVE_INFINITY;
      SampledRows rows = call.run(kind, bench);
      assertEquals(Float.POSITIVE_INFINITY, rows.losses().toFloats()[1]);
      assertEquals(-1 / 3f, rows.targetLogits().toFloats()[1], 1e-7);
      for (float gradient : rows.logits().toFloats()) {
        assertTrue(Float.isFinite(gradient));
      }
    }
  }

  @OnEveryDevice
  void what_is_no_number_makes_the_loss_of_its_row_none(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      Call call = new Call(3, 40, 500);
      call.logits[78] = Double.NaN;
      call.own[2] = Double.NaN;
      float[] losses = call.run(kind, bench).losses().toFloats();
      assertTrue(Float.isFinite(losses[0]));
      assertTrue(Float.isNaN(losses[1]) && Float.isNaN(losses[2]), Arrays.toString(losses));
    }
  }

  @OnEveryDevice
  void a_divisor_of_0_leaves_no_gradient(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      Call call = new Call(2, 5, 9);
      call.divisor = 0;
      SampledRows rows = call.run(kind, bench);
      for (float gradient : rows.logits().toFloats()) {
        assertTrue(gradient == 0);
      }
      assertTrue(rows.losses().toFloats()[0] > 0);
    }
  }

  @OnEveryDevice
  void a_target_sample_or_position_out_of_range_is_refused_and_nothing_is_written(Bench bench) {
    for (SampledLoss kind : SampledLoss.values()) {
      for (int outside : new int[] {-1, 37, MOST, Integer.MIN_VALUE}) {
        Call targets = new Call(7, 5, 37);
        targets.targets[3] = outside;
        refused(bench, kind, targets, "[0, 37) at position 3, found " + outside);
        Call samples = new Call(7, 5, 37);
        samples.samples[4] = outside;
        String message = "sampled loss: expected a token in [0, 37) at position 4, found ";
        refused(bench, kind, samples, message + outside);
        Call positions = new Call(7, 5, 37).scattered();
        positions.positions[2] = outside;
        if (outside != 37) {
          message = "loss: expected a position in [0, 15) for row 2, found ";
          refused(bench, kind, positions, message + outside);
        }
      }
    }
  }

  private static void refused(Bench bench, SampledLoss kind, Call call, String message) {
    SampledRows rows =
        new SampledRows(
            bench.ints(call.samples),
            bench.floats(call.logProbabilities),
            call.positions == null ? null : bench.ints(call.positions),
            null,
            null,
            bench.floats(call.logits, call.targets.length, call.samples.length),
            bench.floats(call.own),
            bench.output(call.tokens()));
    Tensor targets = bench.ints(call.targets);
    String found =
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  bench.kernels().losses().sampledLoss(kind, targets, rows);
                  bench.device().synchronize();
                })
            .getMessage();
    assertTrue(found.endsWith(message), found);
    assertArrayEquals(Samples.floats(call.logits), rows.logits().toFloats());
    assertArrayEquals(Samples.floats(call.own), rows.targetLogits().toFloats());
    assertTrue(Float.isNaN(rows.losses().toFloats()[0]));
  }

  @OnEveryDevice
  void a_target_that_is_no_class_has_no_logit(Bench bench) {
    LinearWeights weights = new LinearWeights(bench.floats(new double[6], 3, 2), bench.output(3));
    Tensor hidden = bench.floats(new double[4], 2, 2);
    Tensor targets = bench.ints(new int[] {0, 3});
    Tensor logits = bench.output(2);
    Tensor gradHidden = bench.output(2, 2);
    Tensor gradRows = bench.output(2, 2);
    LossKernels losses = bench.kernels().losses();
    Runnable[] calls = {
      () -> losses.targetLogits(weights, hidden, targets, logits),
      () -> losses.targetLogitsBackward(weights, hidden, targets, logits, gradHidden, gradRows)
    };
    for (Runnable call : calls) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> {
                    call.run();
                    bench.device().synchronize();
                  })
              .getMessage();
      assertTrue(message.endsWith("[0, 3) at position 1, found 3"), message);
    }
    for (Tensor output : new Tensor[] {logits, gradHidden, gradRows}) {
      for (float value : output.toFloats()) {
        assertTrue(Float.isNaN(value));
      }
    }
  }

  @OnEveryDevice
  void no_sample_at_all_is_refused(Bench bench) {
    Call call = new Call(2, 0, 5);
    assertThrows(IllegalArgumentException.class, () -> call.run(SampledLoss.SOFTMAX, bench));
  }
}
