package dev.surprisal.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.ParameterSpec;
import dev.surprisal.nn.Parameters;
import dev.surprisal.nn.Pass;
import dev.surprisal.nn.RecurrentConfig;
import dev.surprisal.oracle.Golden;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.List;

class AdamTest {
  private static final int STEPS = 100;
  private static final int B = 5;
  private static final int T = 7;

  @OnEveryDevice
  void a_hundred_steps_of_training_are_those_of_pytorch(Bench bench) {
    checkTraining(bench, "plain", Double.POSITIVE_INFINITY);
  }

  @OnEveryDevice
  void a_hundred_steps_with_clipped_gradients_are_those_of_pytorch(Bench bench) {
    String bound = Golden.read("adam100.safetensors").metadata().get("max_norm");
    checkTraining(bench, "clip", Double.parseDouble(bound));
  }

  private static void checkTraining(Bench bench, String variant, double maxNorm) {
    Golden golden = Golden.read("adam100.safetensors");
    double lr = Double.parseDouble(golden.metadata().get("lr"));
    AdamOptions options = new AdamOptions(0.9, 0.999, 1e-8, 0, maxNorm);
    try (Network network =
            new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION);
        Pass pass = network.training(B, T, 1);
        CrossEntropy crossEntropy =
            new CrossEntropy(
                bench.device(), B * T, 31, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
        Projected loss = new Projected(crossEntropy, network.projection());
        Adam adam = new Adam(network.parameters(), lr, options)) {
      Parameters parameters = network.parameters();
      for (String name : parameters.names()) {
        parameters.value(name).write(Samples.floats(golden.doubles("param." + name)));
      }
      int[] tokens = golden.ints("input.tokens");
      int[] targets = golden.ints("input.targets");
      Tensor norm = bench.output(1);
      float[] losses = new float[STEPS];
      float[] norms = new float[STEPS];
      for (int step = 0; step < STEPS; step++) {
        pass.tokens().write(Arrays.copyOfRange(tokens, step * B * T, (step + 1) * B * T));
        pass.forward();
        crossEntropy.targets().write(Arrays.copyOfRange(targets, step * B * T, (step + 1) * B * T));
        loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
        losses[step] = loss.total().toFloats()[0];
        pass.backward(false);
        bench.kernels().gradientNorm(parameters.gradients(), norm);
        norms[step] = norm.toFloats()[0];
        adam.step();
        pass.carryState();
      }
      assertEquals(STEPS, adam.state().get("adam_step").toInts()[0]);
      new Tolerance(1e-4, 0).assertClose("losses", golden.doubles(variant + ".losses"), losses);
      new Tolerance(1e-4, 0).assertClose("norms", golden.doubles(variant + ".norms"), norms);
      for (String name : parameters.names()) {
        new Tolerance(1e-4, 1e-4)
            .assertClose(
                name,
                golden.doubles(variant + ".final." + name),
                parameters.value(name).toFloats());
      }
    }
  }

  @OnEveryDevice
  void moments_are_laid_out_as_the_parameters_are(Bench bench) {
    try (Parameters parameters = parameters(bench);
        Adam adam = new Adam(parameters, 0.1, AdamOptions.DEFAULT)) {
      assertEquals(0, adam.state().get("adam_step").toInts()[0]);
      parameters.gradient("b").write(2f, -4f);
      adam.step();
      new Tolerance(1e-6, 0)
          .assertClose("first", new double[] {0.2, -0.4}, adam.state().get("exp_avg.b").toFloats());
      new Tolerance(1e-6, 0)
          .assertClose(
              "second", new double[] {0.004, 0.016}, adam.state().get("exp_avg_sq.b").toFloats());
      assertArrayEquals(new float[3], adam.state().get("exp_avg.a").toFloats());
      assertEquals(1, adam.state().get("adam_step").toInts()[0]);
    }
  }

  @OnEveryDevice
  void what_lies_between_parameters_stays_zero(Bench bench) {
    try (Parameters parameters = parameters(bench);
        Adam adam = new Adam(parameters, 0.1, new AdamOptions(0.9, 0.999, 1e-8, 0.1, 0.5))) {
      parameters.value("a").write(1f, 2f, 3f);
      parameters.gradient("b").write(2f, -4f);
      adam.step();
      float[] values = parameters.values().toFloats();
      for (int i = 3; i < 16; i++) {
        assertEquals(0, values[i]);
      }
    }
  }

  @OnEveryDevice
  void the_learning_rate_may_change_between_steps(Bench bench) {
    try (Parameters parameters = parameters(bench);
        Adam adam = new Adam(parameters, 0.25, AdamOptions.DEFAULT)) {
      parameters.gradient("a").write(1f, 1f, 1f);
      adam.step();
      assertEquals(-0.25f, parameters.value("a").toFloats()[0], 1e-6f);
      adam.learningRate(0.5);
      adam.step();
      assertEquals(-0.75f, parameters.value("a").toFloats()[0], 1e-6f);
    }
  }

  @OnEveryDevice
  void a_learning_rate_that_is_not_above_0_and_finite_is_refused(Bench bench) {
    try (Parameters parameters = parameters(bench);
        Adam adam = new Adam(parameters, 1, AdamOptions.DEFAULT)) {
      for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e39, 1e-50}) {
        assertThrows(IllegalArgumentException.class, () -> adam.learningRate(rate));
      }
    }
  }

  @OnEveryDevice
  void an_optimiser_that_is_refused_leaves_no_memory_behind(Bench bench) {
    try (Parameters parameters = parameters(bench)) {
      long before = bench.device().memory().current();
      for (double rate : new double[] {0, Double.NaN}) {
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Adam(parameters, rate, AdamOptions.DEFAULT))
                .getMessage();
        assertTrue(
            message.startsWith("training takes a learning rate above 0 and finite"), message);
      }
      assertEquals(before, bench.device().memory().current());
    }
  }

  private static Parameters parameters(Bench bench) {
    return new Parameters(
        bench.device(),
        List.of(new ParameterSpec("a", Shape.of(3)), new ParameterSpec("b", Shape.of(2))));
  }
}
