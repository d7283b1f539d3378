package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.Arena;
import dev.surprisal.device.Bench;
import dev.surprisal.device.Cell;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;
import dev.surprisal.optim.Adam;
import dev.surprisal.oracle.Golden;
import dev.surprisal.oracle.LanguageModelOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Networks of several layers. */
class StackTest {
  private static final int B = 5;
  private static final int T = 7;
  private static final int TOKENS = B * T;

  private static Network network(Bench bench, int vocabulary, int embed, int hidden, int layers) {
    return new Network(
        bench.device(),
        vocabulary,
        embed,
        new RecurrentConfig(Cell.TANH, hidden, layers),
        HeadConfig.PROJECTION);
  }

  private static Network network(Bench bench, Golden golden) {
    Network network = network(bench, 31, 13, 33, 2);
    for (String name : network.parameters().names()) {
      network.parameters().value(name).write(Samples.floats(golden.doubles("param." + name)));
    }
    return network;
  }

  private static CrossEntropy crossEntropy(Network network, int tokens) {
    return new CrossEntropy(
        network.device(),
        tokens,
        network.vocabularySize(),
        CrossEntropyOptions.PLAIN,
        LossSettings.MEAN);
  }

  private static void assertClose(String what, double[] expected, Tensor found) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    Tolerance.FLOAT32.around(largest).assertClose(what, expected, found.toFloats());
  }

  @OnEveryDevice
  void two_layers_have_the_states_and_every_gradient_of_pytorch(Bench bench) {
    Golden golden = Golden.read("layers.safetensors");
    double[] state = golden.doubles("input.h0");
    double[] last = golden.doubles("output.hn");
    int size = B * 33;
    try (Network network = network(bench, golden);
        Pass pass = network.training(B, T, 1);
        CrossEntropy targets = crossEntropy(network, TOKENS);
        Projected loss = new Projected(targets, network.projection())) {
      assertEquals(
          List.of(
              "embedding.weight",
              "rnn.weight_ih_l0",
              "rnn.weight_hh_l0",
              "rnn.bias_ih_l0",
              "rnn.bias_hh_l0",
              "rnn.weight_ih_l1",
              "rnn.weight_hh_l1",
              "rnn.bias_ih_l1",
              "rnn.bias_hh_l1",
              "linear.weight",
              "linear.bias"),
          network.parameters().names());
      pass.tokens().write(Arrays.copyOf(golden.ints("input.tokens"), TOKENS));
      targets.targets().write(Arrays.copyOf(golden.ints("input.targets"), TOKENS));
      for (int layer = 0; layer < 2; layer++) {
        double[] part = Arrays.copyOfRange(state, layer * size, (layer + 1) * size);
        pass.state().layer(layer).hidden().write(Samples.floats(part));
      }
      pass.forward();
      assertClose("output", golden.doubles("output.rnn"), pass.hidden());
      for (int layer = 0; layer < 2; layer++) {
        double[] part = Arrays.copyOfRange(last, layer * size, (layer + 1) * size);
        assertClose("state of layer " + layer, part, pass.finalState().layer(layer).hidden());
      }
      loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
      pass.backward(false);
      for (String name : network.parameters().names()) {
        assertClose(name, golden.doubles("grad." + name), network.parameters().gradient(name));
      }
    }
  }

  @OnEveryDevice
  void a_hundred_steps_of_two_layers_have_the_losses_of_pytorch(Bench bench) {
    Golden golden = Golden.read("layers.safetensors");
    int[] tokens = golden.ints("input.tokens");
    int[] targets = golden.ints("input.targets");
    float[] losses = new float[100];
    try (Network network = network(bench, golden);
        Pass pass = network.training(B, T, 1);
        CrossEntropy crossEntropy = crossEntropy(network, TOKENS);
        Projected loss = new Projected(crossEntropy, network.projection());
        Adam adam =
            new Adam(
                network.parameters(),
                Double.parseDouble(golden.metadata().get("lr")),
                AdamOptions.DEFAULT)) {
      for (int step = 0; step < losses.length; step++) {
        int at = step * TOKENS;
        pass.tokens().write(Arrays.copyOfRange(tokens, at, at + TOKENS));
        crossEntropy.targets().write(Arrays.copyOfRange(targets, at, at + TOKENS));
        pass.forward();
        loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
        losses[step] = loss.total().toFloats()[0];
        pass.backward(false);
        adam.step();
        pass.carryState();
      }
    }
    new Tolerance(1e-4, 0).assertClose("losses", golden.doubles("losses"), losses);
  }

  @OnEveryDevice
  void every_gradient_is_that_of_the_formula_at_odd_sizes_of_up_to_8_layers(Bench bench) {
    int[][] sizes = {{1, 1, 1, 1, 1, 2}, {2, 2, 31, 33, 1, 3}, {3, 2, 5, 7, 31, 8}};
    for (int[] size : sizes) {
      LanguageModelOracle.Shape shape =
          new LanguageModelOracle.Shape(size[0], size[1], size[2], size[3], size[4], size[5]);
      int rows = size[0] * size[1];
      int state = size[0] * size[4];
      try (Network network = network(bench, size[2], size[3], size[4], size[5]);
          Pass pass = network.training(size[0], size[1], 1);
          CrossEntropy targets = crossEntropy(network, rows);
          Projected loss = new Projected(targets, network.projection())) {
        network.initialise(1);
        int[] inputIds = Samples.integers(2, rows, size[2]);
        int[] targetIds = Samples.integers(3, rows, size[2]);
        double[] initial = Samples.normal(4, size[5] * state, 0.5);
        LanguageModelOracle.Pass expected =
            LanguageModelOracle.pass(values(network), inputIds, targetIds, initial, shape);
        pass.tokens().write(inputIds);
        targets.targets().write(targetIds);
        for (int layer = 0; layer < size[5]; layer++) {
          double[] part = Arrays.copyOfRange(initial, layer * state, (layer + 1) * state);
          pass.state().layer(layer).hidden().write(Samples.floats(part));
        }
        pass.forward();
        loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
        pass.backward(false);
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
  void every_gradient_with_dropout_between_layers_is_that_of_the_formula_with_its_masks(
      Bench bench) {
    LanguageModelOracle.Shape shape = new LanguageModelOracle.Shape(B, T, 31, 13, 33, 3);
    RecurrentConfig config = new RecurrentConfig(Cell.TANH, 33, 3, 0.4f);
    int[] inputIds = Samples.integers(2, TOKENS, 31);
    int[] targetIds = Samples.integers(3, TOKENS, 31);
    double[] initial = new double[3 * B * 33];
    try (Network network = new Network(bench.device(), 31, 13, config, HeadConfig.PROJECTION);
        Pass pass = network.training(B, T, 9);
        Pass inference = network.inference(B, T);
        CrossEntropy targets = crossEntropy(network, TOKENS);
        Projected loss = new Projected(targets, network.projection());
        Arena arena = new Arena(bench.device())) {
      network.initialise(1);
      pass.tokens().write(inputIds);
      inference.tokens().write(inputIds);
      targets.targets().write(targetIds);
      for (long step : new long[] {0, 1, 1L << 40}) {
        double[][] masks = new double[2][];
        for (int layer = 0; layer < 2; layer++) {
          Tensor mask = arena.allocate(DType.FLOAT32, B, T, 33);
          float[] ones = new float[TOKENS * 33];
          Arrays.fill(ones, 1);
          mask.write(ones);
          Dropout dropout = new Dropout(arena, 0.4f, 9, layer);
          dropout.step(step);
          dropout.apply(mask, mask);
          masks[layer] = Samples.doubles(mask.toFloats());
          double zeros = Arrays.stream(masks[layer]).filter(m -> m == 0).count();
          assertEquals(0.4, zeros / ones.length, 0.06);
        }
        LanguageModelOracle.Pass expected =
            LanguageModelOracle.pass(values(network), inputIds, targetIds, initial, masks, shape);
        pass.step(step);
        pass.forward();
        loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
        pass.backward(false);
        Tolerance.FLOAT32.assertClose("loss", expected.loss(), loss.total().toFloats()[0]);
        for (String name : network.parameters().names()) {
          assertClose(
              name + " of step " + step,
              expected.gradients().get(name),
              network.parameters().gradient(name));
        }
      }
      LanguageModelOracle.Pass expected =
          LanguageModelOracle.pass(values(network), inputIds, targetIds, initial, shape);
      inference.forward();
      assertClose("without dropout", expected.activations().output(), inference.hidden());
    }
  }

  @OnEveryDevice
  void masks_of_steps_and_layers_differ_and_the_same_step_has_the_same_bits(Bench bench) {
    try (Arena arena = new Arena(bench.device())) {
      Set<List<Integer>> masks = new HashSet<>();
      for (int place = 0; place < 3; place++) {
        Dropout dropout = new Dropout(arena, 0.5f, 1, place);
        Tensor mask = arena.allocate(DType.FLOAT32, 200);
        for (long step : new long[] {0, 1, 2, 0}) {
          float[] ones = new float[200];
          Arrays.fill(ones, 1);
          mask.write(ones);
          dropout.step(step);
          dropout.apply(mask, mask);
          masks.add(Arrays.stream(Bench.bits(mask)).boxed().toList());
        }
      }
      assertEquals(9, masks.size());
    }
  }

  @OnEveryDevice
  void inference_computes_the_bits_of_training_and_takes_one_reserve_for_all_layers(Bench bench) {
    int[] tokens = Samples.integers(1, TOKENS, 31);
    try (Network network = network(bench, 31, 13, 33, 3)) {
      network.initialise(1);
      long before = bench.device().memory().current();
      try (Pass pass = network.inference(B, T)) {
        long elements = 3 * TOKENS * 33 + TOKENS * 33 + TOKENS * 13 + 2 * 3 * B * 33;
        assertEquals(4 * (elements + TOKENS), bench.device().memory().current() - before);
        try (Pass training = network.training(B, T, 1)) {
          for (Pass each : List.of(pass, training)) {
            each.tokens().write(tokens);
            each.forward();
          }
          assertArrayEquals(Bench.bits(training.hidden()), Bench.bits(pass.hidden()));
        }
      }
    }
  }

  @OnEveryDevice
  void two_windows_with_the_state_of_all_layers_carried_are_one_long_window(Bench bench) {
    int[] tokens = Samples.integers(1, 14, 31);
    try (Network network = network(bench, 31, 13, 33, 3);
        Pass whole = network.inference(1, 14);
        Pass half = network.inference(1, 7)) {
      network.initialise(1);
      whole.tokens().write(tokens);
      whole.forward();
      double[] expected = Samples.doubles(whole.hidden().toFloats());
      for (int from = 0; from < 14; from += 7) {
        half.tokens().write(Arrays.copyOfRange(tokens, from, from + 7));
        half.forward();
        Tolerance.FLOAT32.assertClose(
            "hidden states from " + from,
            Arrays.copyOfRange(expected, from * 33, (from + 7) * 33),
            half.hidden().toFloats());
        half.carryState();
      }
      half.resetState();
      for (Tensor tensor : half.state().tensors().values()) {
        assertArrayEquals(new float[33], tensor.toFloats());
      }
    }
  }

  @OnEveryDevice
  void a_state_names_its_tensors_by_layer(Bench bench) {
    try (Network network = network(bench, 31, 13, 33, 3);
        Pass pass = network.inference(2, 1)) {
      assertEquals(
          List.of("state", "state_l1", "state_l2"), List.copyOf(pass.state().tensors().keySet()));
    }
  }

  @Test
  void dropout_out_of_range_or_without_layers_to_be_between_is_refused() {
    for (float dropout : new float[] {-0.1f, 1, Float.NaN}) {
      assertThrows(
          IllegalArgumentException.class, () -> new RecurrentConfig(Cell.TANH, 4, 2, dropout));
    }
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> new RecurrentConfig(Cell.TANH, 4, 1, 0.5f))
            .getMessage();
    assertTrue(message.endsWith("needs 2 layers or more, found 0.5 with 1 layer"), message);
  }

  @Test
  void a_number_of_layers_out_of_range_is_refused() {
    for (int layers : new int[] {0, -1, 9}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> new RecurrentConfig(Cell.TANH, 4, layers))
              .getMessage();
      assertTrue(
          message.contains("1 to 8 layers") && message.endsWith(", layers " + layers), message);
    }
  }
}
