package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Shape;
import dev.surprisal.device.TestDevices;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NetworkTest {
  @OnEveryDevice
  void parameters_bear_pytorchs_names_and_shapes(Bench bench) {
    try (Network network =
        new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION)) {
      Parameters parameters = network.parameters();
      assertEquals(
          List.of(
              "embedding.weight",
              "rnn.weight_ih_l0",
              "rnn.weight_hh_l0",
              "rnn.bias_ih_l0",
              "rnn.bias_hh_l0",
              "linear.weight",
              "linear.bias"),
          parameters.names());
      assertEquals(Shape.of(31, 13), parameters.value("embedding.weight").shape());
      assertEquals(Shape.of(33, 13), parameters.value("rnn.weight_ih_l0").shape());
      assertEquals(Shape.of(33, 33), parameters.value("rnn.weight_hh_l0").shape());
      assertEquals(Shape.of(33), parameters.value("rnn.bias_ih_l0").shape());
      assertEquals(Shape.of(33), parameters.value("rnn.bias_hh_l0").shape());
      assertEquals(Shape.of(31, 33), parameters.value("linear.weight").shape());
      assertEquals(Shape.of(31), parameters.value("linear.bias").shape());
      assertEquals(31 * 13 + 33 * (13 + 33 + 2) + 31 * 34, parameters.count());
      assertSame(bench.device(), network.device());
      assertEquals(31, network.vocabularySize());
      assertEquals(13, network.embed());
      assertEquals(33, network.hidden());
    }
  }

  @OnEveryDevice
  void initial_values_come_from_pytorchs_distributions(Bench bench) {
    try (Network network =
        new Network(bench.device(), 500, 40, RecurrentConfig.tanh(64), HeadConfig.PROJECTION)) {
      Parameters parameters = network.parameters();
      assertArrayEquals(
          new float[(int) parameters.values().elements()], parameters.values().toFloats());
      network.initialise(1);
      Distributions.assertNormal("embedding", parameters.value("embedding.weight").toFloats());
      for (String name : parameters.names()) {
        if (!name.startsWith("embedding")) {
          Distributions.assertUniform(name, 1.0 / 8, parameters.value(name).toFloats());
        }
      }
      assertDifferentNumbers(parameters);
      float[] first = parameters.values().toFloats();
      network.initialise(2);
      assertFalse(Arrays.equals(first, parameters.values().toFloats()));
      network.initialise(1);
      assertArrayEquals(first, parameters.values().toFloats());
    }
  }

  private static void assertDifferentNumbers(Parameters parameters) {
    Set<Float> firsts = new HashSet<>();
    for (String name : parameters.names()) {
      float first = parameters.value(name).toFloats()[0];
      assertTrue(firsts.add(first), name + " starts as another parameter does");
    }
  }

  @Test
  void a_seed_gives_the_same_network_on_every_device_of_a_kind() {
    float[] expected = null;
    for (var device : TestDevices.ofKind("cpu")) {
      try (Network network =
          new Network(device, 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION)) {
        network.initialise(5);
        float[] found = network.parameters().values().toFloats();
        expected = expected == null ? found : expected;
        assertArrayEquals(expected, found);
      }
    }
  }

  @OnEveryDevice
  void sizes_below_1_are_refused(Bench bench) {
    int[][] wrong = {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {-1, 1, 1}, {1, 1, -1}};
    for (int[] sizes : wrong) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      new Network(
                          bench.device(),
                          sizes[0],
                          sizes[1],
                          RecurrentConfig.tanh(sizes[2]),
                          HeadConfig.PROJECTION))
              .getMessage();
      assertTrue(
          message.startsWith(
              sizes[2] < 1
                  ? "a recurrent network has a hidden size of 1 or more"
                  : "a network has a vocabulary and an embedding of 1 or more, found"),
          message);
    }
  }

  @OnEveryDevice
  void closing_gives_the_memory_back(Bench bench) {
    long before = bench.device().memory().current();
    Network network =
        new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.PROJECTION);
    assertTrue(bench.device().memory().current() > before);
    network.close();
    assertEquals(before, bench.device().memory().current());
  }
}
