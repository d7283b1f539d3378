package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.Bench;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.EmbeddingOracle;
import dev.surprisal.oracle.Golden;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.List;

class EmbeddingTest {
  @OnEveryDevice
  void forward_and_backward_are_those_of_pytorch(Bench bench) {
    Golden golden = Golden.read("reference.safetensors");
    try (Parameters parameters = parameters(bench, 31, 13)) {
      parameters.value("embedding.weight").write(floats(golden, "param.embedding.weight"));
      Embedding embedding = new Embedding(parameters, "embedding");
      Tensor tokens = bench.ints(golden.ints("input.tokens"), 5, 7);
      Tensor output = bench.output(5, 7, 13);
      embedding.forward(tokens, output);
      assertArrayEquals(floats(golden, "output.embedding"), output.toFloats());
      Tensor upstream = bench.floats(golden.doubles("grad.output.embedding"), 5, 7, 13);
      double[] expected = golden.doubles("grad.embedding.weight");
      embedding.backward(tokens, upstream, false);
      assertGradient(expected, parameters);
      embedding.backward(tokens, upstream, true);
      Arrays.setAll(expected, i -> 2 * expected[i]);
      assertGradient(expected, parameters);
    }
  }

  private static void assertGradient(double[] expected, Parameters parameters) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    Tolerance.FLOAT32
        .around(largest)
        .assertClose("gradient", expected, parameters.gradient("embedding.weight").toFloats());
  }

  @OnEveryDevice
  void initial_values_are_standard_normal_and_the_same_for_the_same_seed(Bench bench) {
    try (Parameters parameters = parameters(bench, 1000, 50)) {
      Tensor weight = parameters.value("embedding.weight");
      Embedding embedding = new Embedding(parameters, "embedding");
      embedding.initialise(1);
      float[] first = weight.toFloats();
      Distributions.assertNormal("weight", first);
      embedding.initialise(2);
      assertFalse(Arrays.equals(first, weight.toFloats()));
      embedding.initialise(1);
      assertArrayEquals(first, weight.toFloats());
    }
  }

  @OnEveryDevice
  void the_padding_token_starts_at_zero_and_gets_no_gradient(Bench bench) {
    for (int padding : new int[] {0, 30}) {
      try (Parameters parameters = parameters(bench, 31, 13)) {
        Embedding embedding = new Embedding(parameters, "embedding", padding);
        embedding.initialise(1);
        float[] weight = parameters.value("embedding.weight").toFloats();
        for (int i = 0; i < weight.length; i++) {
          assertEquals(i / 13 == padding, weight[i] == 0, "element " + i);
        }
        int[] tokens = Samples.integers(1, 140, 31);
        double[] upstream = Samples.normal(2, 140 * 13, 1);
        embedding.backward(bench.ints(tokens), bench.floats(upstream, 140, 13), false);
        Tolerance.FLOAT32.assertClose(
            "gradient",
            EmbeddingOracle.backward(upstream, tokens, 31, 13, padding),
            parameters.gradient("embedding.weight").toFloats());
      }
    }
  }

  @OnEveryDevice
  void a_padding_token_outside_the_vocabulary_is_refused(Bench bench) {
    try (Parameters parameters = parameters(bench, 31, 13)) {
      for (int padding : new int[] {-2, 31}) {
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Embedding(parameters, "embedding", padding))
                .getMessage();
        assertEquals(
            "the padding index is −1 (none) or a token below 31, found " + padding, message);
      }
    }
  }

  @OnEveryDevice
  void it_needs_one_matrix(Bench bench) {
    assertEquals(
        List.of(new ParameterSpec("e.weight", Shape.of(31, 13))),
        Embedding.parameters("e", 31, 13));
  }

  private static Parameters parameters(Bench bench, int vocabulary, int size) {
    return new Parameters(bench.device(), Embedding.parameters("embedding", vocabulary, size));
  }

  private static float[] floats(Golden golden, String tensor) {
    return Samples.floats(golden.doubles(tensor));
  }
}
