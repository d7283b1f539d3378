package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.surprisal.device.Bench;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.Golden;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.List;

class ProjectionTest {
  @OnEveryDevice
  void forward_and_every_gradient_are_those_of_pytorch(Bench bench) {
    Golden golden = Golden.read("reference.safetensors");
    try (Parameters parameters = parameters(bench, 33, 31)) {
      for (String name : parameters.names()) {
        parameters.value(name).write(Samples.floats(golden.doubles("param." + name)));
      }
      Projection projection = new Projection(parameters, "linear");
      Tensor input = bench.floats(golden.doubles("output.rnn"), 5, 7, 33);
      Tensor logits = bench.output(35, 31);
      projection.logits(input, logits);
      assertClose(golden.doubles("output.logits"), logits);

      Tensor upstream = bench.floats(golden.doubles("grad.output.logits"), 35, 31);
      Tensor gradInput = bench.output(5, 7, 33);
      projection.backward(input, upstream, false, gradInput);
      assertClose(golden.doubles("grad.output.rnn"), gradInput);
      projection.backward(input, upstream, true, null);
      for (String name : parameters.names()) {
        double[] twice = Arrays.stream(golden.doubles("grad." + name)).map(g -> 2 * g).toArray();
        assertClose(twice, parameters.gradient(name));
      }
    }
  }

  private static void assertClose(double[] expected, Tensor found) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    Tolerance.FLOAT32.around(largest).assertClose("found", expected, found.toFloats());
  }

  @OnEveryDevice
  void initial_values_are_uniform_below_one_over_the_root_of_the_inputs(Bench bench) {
    try (Parameters parameters = parameters(bench, 64, 1000)) {
      Projection projection = new Projection(parameters, "linear");
      projection.initialise(1);
      for (String name : parameters.names()) {
        Distributions.assertUniform(name, 1.0 / 8, parameters.value(name).toFloats());
      }
      float[] first = parameters.values().toFloats();
      projection.initialise(2);
      assertFalse(Arrays.equals(first, parameters.values().toFloats()));
      projection.initialise(1);
      assertArrayEquals(first, parameters.values().toFloats());
    }
  }

  @OnEveryDevice
  void it_needs_a_matrix_and_a_bias(Bench bench) {
    assertEquals(
        List.of(
            new ParameterSpec("p.weight", Shape.of(31, 33)),
            new ParameterSpec("p.bias", Shape.of(31))),
        Projection.parameters("p", 33, 31));
  }

  private static Parameters parameters(Bench bench, int inputs, int outputs) {
    return new Parameters(bench.device(), Projection.parameters("linear", inputs, outputs));
  }
}
