package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.management.ThreadMXBean;
import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;
import dev.surprisal.oracle.Golden;
import dev.surprisal.oracle.LanguageModelOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

class PassTest {
  @OnEveryDevice
  void loss_and_every_gradient_are_those_of_pytorch(Bench bench) {
    Golden golden = Golden.read("reference.safetensors");
    try (Network network = network(bench, golden);
        Pass pass = network.training(5, 7, 1);
        CrossEntropy loss = crossEntropy(network, 35)) {
      pass.tokens().write(golden.ints("input.tokens"));
      pass.state().layer(0).hidden().write(Samples.floats(golden.doubles("input.h0")));
      loss.targets().write(golden.ints("input.targets"));
      pass.forward();
      assertClose(golden, "output.rnn", pass.hidden());
      assertClose(golden, "output.hn", pass.finalState().layer(0).hidden());
      Tensor logits = bench.output(35, 31);
      network.projection().logits(pass.hidden(), logits);
      assertClose(golden, "output.logits", logits);
      loss.forwardBackward(logits, null, false, logits);
      new Tolerance(1e-6, 0)
          .assertClose("loss", golden.doubles("output.loss"), loss.total().toFloats());
      assertClose(golden, "grad.output.logits", logits);
      network.projection().backward(pass.hidden(), logits, false, pass.gradHidden());
      pass.backward(false);
      for (String name : network.parameters().names()) {
        assertClose(golden, "grad." + name, network.parameters().gradient(name));
      }
    }
  }

  private static CrossEntropy crossEntropy(Network network, int tokens) {
    return new CrossEntropy(
        network.device(),
        tokens,
        network.vocabularySize(),
        CrossEntropyOptions.PLAIN,
        LossSettings.MEAN);
  }

  private static Projected fused(Network network, int[] targets) {
    CrossEntropy loss = crossEntropy(network, targets.length);
    loss.targets().write(targets);
    return new Projected(loss, network.projection());
  }

  /** Loss and all gradients of a pass. */
  private static void run(Pass pass, Projected loss, boolean accumulate) {
    pass.forward();
    loss.forwardBackward(pass.hidden(), null, accumulate, pass.gradHidden());
    pass.backward(accumulate);
  }

  /** By the rule for float32, with a magnitude of the largest value. */
  private static void assertClose(Golden golden, String name, Tensor found) {
    double[] expected = golden.doubles(name);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    Tolerance.FLOAT32.around(largest).assertClose(name, expected, found.toFloats());
  }

  @OnEveryDevice
  void loss_and_every_gradient_are_those_of_the_formula_at_odd_sizes(Bench bench) {
    int[][] sizes = {{1, 1, 1, 1, 1}, {2, 1, 31, 33, 1}, {1, 7, 33, 1, 31}, {5, 2, 127, 31, 127}};
    for (int[] size : sizes) {
      LanguageModelOracle.Shape shape =
          new LanguageModelOracle.Shape(size[0], size[1], size[2], size[3], size[4]);
      int rows = size[0] * size[1];
      try (Network network =
              new Network(
                  bench.device(),
                  size[2],
                  size[3],
                  RecurrentConfig.tanh(size[4]),
                  HeadConfig.PROJECTION);
          Pass pass = network.training(size[0], size[1], 1);
          Projected loss = fused(network, Samples.integers(3, rows, size[2]))) {
        network.initialise(1);
        int[] tokens = Samples.integers(2, rows, size[2]);
        int[] targets = Samples.integers(3, rows, size[2]);
        double[] state = Samples.normal(4, size[0] * size[4], 0.5);
        LanguageModelOracle.Pass expected =
            LanguageModelOracle.pass(values(network), tokens, targets, state, shape);
        pass.tokens().write(tokens);
        pass.state().layer(0).hidden().write(Samples.floats(state));
        run(pass, loss, false);
        Tolerance.FLOAT32.assertClose("loss", expected.loss(), loss.total().toFloats()[0]);
        for (String name : network.parameters().names()) {
          Tolerance.FLOAT32.assertClose(
              name + " of " + shape,
              expected.gradients().get(name),
              network.parameters().gradient(name).toFloats());
        }
      }
    }
  }

  private static Map<String, double[]> values(Network network) {
    Map<String, double[]> values = new LinkedHashMap<>();
    for (String name : network.parameters().names()) {
      values.put(name, Samples.doubles(network.parameters().value(name).toFloats()));
    }
    return values;
  }

  @OnEveryDevice
  void two_windows_with_the_state_carried_are_one_long_window(Bench bench) {
    int[] tokens = Samples.integers(1, 5 * 14, 31);
    try (Network network =
            new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION);
        Pass whole = network.inference(5, 14);
        Pass half = network.inference(5, 7)) {
      network.initialise(1);
      whole.tokens().write(tokens);
      whole.forward();
      float[] expected = whole.hidden().toFloats();
      for (int from = 0; from < 14; from += 7) {
        int[] window = new int[35];
        for (int i = 0; i < window.length; i++) {
          window[i] = tokens[i / 7 * 14 + from + i % 7];
        }
        half.tokens().write(window);
        half.forward();
        float[] found = half.hidden().toFloats();
        for (int sequence = 0; sequence < 5; sequence++) {
          int at = (sequence * 14 + from) * 33;
          Tolerance.FLOAT32.assertClose(
              "hidden states from step " + from,
              Samples.doubles(Arrays.copyOfRange(expected, at, at + 7 * 33)),
              Arrays.copyOfRange(found, sequence * 7 * 33, (sequence + 1) * 7 * 33));
        }
        half.carryState();
      }
      Tolerance.FLOAT32.assertClose(
          "state",
          Samples.doubles(whole.finalState().layer(0).hidden().toFloats()),
          half.state().layer(0).hidden().toFloats());
      half.resetState();
      assertArrayEquals(new float[5 * 33], half.state().layer(0).hidden().toFloats());
    }
  }

  @OnEveryDevice
  void gradients_of_several_passes_add_up(Bench bench) {
    Golden golden = Golden.read("reference.safetensors");
    try (Network network = network(bench, golden);
        Pass pass = network.training(5, 7, 1);
        Projected loss = fused(network, golden.ints("input.targets"))) {
      pass.tokens().write(golden.ints("input.tokens"));
      pass.state().layer(0).hidden().write(Samples.floats(golden.doubles("input.h0")));
      network.parameters().gradients().write(nans(network));
      for (int times = 1; times <= 3; times++) {
        // The first overwrites what is there.
        run(pass, loss, times > 1);
      }
      for (String name : network.parameters().names()) {
        double[] expected = Arrays.stream(golden.doubles("grad." + name)).map(g -> 3 * g).toArray();
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        Tolerance.FLOAT32
            .around(largest)
            .assertClose(name, expected, network.parameters().gradient(name).toFloats());
      }
    }
  }

  private static float[] nans(Network network) {
    float[] nans = new float[(int) network.parameters().gradients().elements()];
    Arrays.fill(nans, Float.NaN);
    return nans;
  }

  @OnEveryDevice
  void the_same_pass_twice_gives_the_same_bits(Bench bench) {
    Golden golden = Golden.read("reference.safetensors");
    try (Network network = network(bench, golden);
        Pass pass = network.training(5, 7, 1);
        Projected loss = fused(network, golden.ints("input.targets"))) {
      pass.tokens().write(golden.ints("input.tokens"));
      int[] expected = null;
      for (int times = 0; times < 3; times++) {
        run(pass, loss, false);
        int[] found = Bench.bits(network.parameters().gradients());
        expected = expected == null ? found : expected;
        assertArrayEquals(expected, found);
      }
    }
  }

  @OnEveryDevice
  void a_step_takes_no_memory_once_shapes_are_fixed(Bench bench) {
    try (Network network =
            new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION);
        Pass pass = network.training(20, 7, 1);
        Projected loss = fused(network, Samples.integers(1, 140, 31))) {
      network.initialise(1);
      Runnable step =
          () -> {
            run(pass, loss, false);
            pass.carryState();
          };
      step.run();
      long onDevice = bench.device().memory().current();
      // The virtual machine itself takes some while it warms up.
      long onHeap = heapTakenBy(step);
      for (int tries = 1; tries < 30 && onHeap > 0; tries++) {
        onHeap = heapTakenBy(step);
      }
      assertEquals(0, onHeap, "bytes in 100 steps");
      assertEquals(onDevice, bench.device().memory().current());
    }
  }

  private static long heapTakenBy(Runnable step) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 100; i++) {
      step.run();
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @OnEveryDevice
  void a_pass_for_inference_does_not_go_backward(Bench bench) {
    try (Network network =
            new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION);
        Pass pass = network.inference(5, 7)) {
      assertThrows(IllegalStateException.class, () -> pass.backward(false));
    }
  }

  @OnEveryDevice
  void a_pass_over_nothing_is_refused(Bench bench) {
    try (Network network =
        new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION)) {
      assertThrows(IllegalArgumentException.class, () -> network.training(0, 7, 1));
      assertThrows(IllegalArgumentException.class, () -> network.inference(5, 0));
    }
  }

  @OnEveryDevice
  void a_pass_that_does_not_fit_in_memory_leaves_nothing_behind(Bench bench) {
    // The hidden states are what does not fit; what comes before them is small.
    try (Network network =
        new Network(bench.device(), 31, 1, RecurrentConfig.tanh(1 << 14), HeadConfig.PROJECTION)) {
      long before = bench.device().memory().current();
      assertThrows(DeviceOutOfMemoryException.class, () -> network.training(1 << 12, 1 << 11, 1));
      assertEquals(before, bench.device().memory().current());
    }
  }

  private static Network network(Bench bench, Golden golden) {
    Network network =
        new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION);
    for (String name : network.parameters().names()) {
      network.parameters().value(name).write(Samples.floats(golden.doubles("param." + name)));
    }
    return network;
  }
}
