package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.surprisal.device.Bench;
import dev.surprisal.device.Cell;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.Golden;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.List;

class RecurrentLayerTest {
  private static final List<String> NAMES =
      List.of("rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0");

  @OnEveryDevice
  void forward_and_every_gradient_are_those_of_pytorch(Bench bench) {
    Golden golden = Golden.read("reference.safetensors");
    try (Parameters parameters =
        new Parameters(bench.device(), RecurrentLayer.parameters("rnn", 0, Cell.TANH, 13, 33))) {
      assertEquals(NAMES, parameters.names());
      for (String name : NAMES) {
        parameters.value(name).write(Samples.floats(golden.doubles("param." + name)));
      }
      RecurrentLayer rnn = new RecurrentLayer(parameters, "rnn", 0, Cell.TANH);
      Tensor input = bench.floats(golden.doubles("output.embedding"), 5, 7, 13);
      RecurrentState state = state(bench.floats(golden.doubles("input.h0"), 5, 33));
      Tensor reserve = bench.output(5, 7, 33);
      Tensor output = bench.output(5, 7, 33);
      Tensor last = bench.output(5, 33);
      Tensor gradInput = bench.output(5, 7, 13);
      Tensor gradState = bench.output(5, 33);
      for (int times = 1; times <= 2; times++) {
        rnn.forward(input, state, reserve, output, state(last));
        assertClose(golden.doubles("output.rnn"), output);
        assertClose(golden.doubles("output.hn"), last);
        Tensor upstream = bench.floats(golden.doubles("grad.output.rnn"), 5, 7, 33);
        rnn.backward(
            input, state, output, upstream, null, times == 2, reserve, gradInput, state(gradState));
        assertClose(golden.doubles("grad.output.embedding"), gradInput);
        assertClose(golden.doubles("grad.input.h0"), gradState);
        for (String name : NAMES) {
          int factor = times;
          double[] expected =
              Arrays.stream(golden.doubles("grad." + name)).map(g -> factor * g).toArray();
          assertClose(expected, parameters.gradient(name));
        }
      }
    }
  }

  private static RecurrentState state(Tensor hidden) {
    return new RecurrentState(hidden, null);
  }

  private static void assertClose(double[] expected, Tensor found) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    Tolerance.FLOAT32.around(largest).assertClose("found", expected, found.toFloats());
  }

  @OnEveryDevice
  void initial_values_are_uniform_below_one_over_the_root_of_the_state(Bench bench) {
    try (Parameters parameters =
        new Parameters(bench.device(), RecurrentLayer.parameters("rnn", 0, Cell.TANH, 200, 100))) {
      RecurrentLayer rnn = new RecurrentLayer(parameters, "rnn", 0, Cell.TANH);
      rnn.initialise(1);
      for (String name : NAMES) {
        Distributions.assertUniform(name, 0.1, parameters.value(name).toFloats());
      }
      // Each parameter has random numbers of its own.
      assertFalse(
          Arrays.equals(
              parameters.value("rnn.bias_ih_l0").toFloats(),
              parameters.value("rnn.bias_hh_l0").toFloats()));
      float[] first = parameters.values().toFloats();
      rnn.initialise(2);
      assertFalse(Arrays.equals(first, parameters.values().toFloats()));
      rnn.initialise(1);
      assertArrayEquals(first, parameters.values().toFloats());
    }
  }

  @OnEveryDevice
  void two_windows_with_the_state_carried_are_one_long_window(Bench bench) {
    try (Parameters parameters =
        new Parameters(bench.device(), RecurrentLayer.parameters("rnn", 0, Cell.TANH, 3, 33))) {
      RecurrentLayer rnn = new RecurrentLayer(parameters, "rnn", 0, Cell.TANH);
      rnn.initialise(1);
      double[] long_ = Samples.normal(2, 2 * 9 * 3, 1);
      Tensor output = bench.output(2, 9, 33);
      Tensor last = bench.output(2, 33);
      rnn.forward(
          bench.floats(long_, 2, 9, 3),
          state(bench.floats(new double[66], 2, 33)),
          bench.output(2, 9, 33),
          output,
          state(last));
      float[] expected = output.toFloats();

      Tensor state = bench.floats(new double[66], 2, 33);
      for (int from = 0; from < 9; from += 3) {
        double[] window = new double[2 * 3 * 3];
        System.arraycopy(long_, from * 3, window, 0, 9);
        System.arraycopy(long_, (9 + from) * 3, window, 9, 9);
        Tensor part = bench.output(2, 3, 33);
        Tensor next = bench.output(2, 33);
        rnn.forward(
            bench.floats(window, 2, 3, 3), state(state), bench.output(2, 3, 33), part, state(next));
        float[] found = part.toFloats();
        for (int sequence = 0; sequence < 2; sequence++) {
          int at = (sequence * 9 + from) * 33;
          Tolerance.FLOAT32.assertClose(
              "states from " + from,
              Samples.doubles(Arrays.copyOfRange(expected, at, at + 99)),
              Arrays.copyOfRange(found, sequence * 99, sequence * 99 + 99));
        }
        state = next;
      }
      Tolerance.FLOAT32.assertClose(
          "last state", Samples.doubles(last.toFloats()), state.toFloats());
    }
  }
}
