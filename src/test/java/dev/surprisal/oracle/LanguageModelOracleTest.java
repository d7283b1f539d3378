package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.oracle.LanguageModelOracle.Pass;
import dev.surprisal.oracle.LanguageModelOracle.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelOracleTest {
  private static final List<String> PARAMETERS =
      List.of(
          "embedding.weight",
          "rnn.weight_ih_l0",
          "rnn.weight_hh_l0",
          "rnn.bias_ih_l0",
          "rnn.bias_hh_l0",
          "linear.weight",
          "linear.bias");
  private static final Shape SHAPE = new Shape(5, 7, 31, 13, 33);

  @Test
  void forward_and_every_gradient_are_those_of_pytorch() {
    Golden golden = Golden.read("reference.safetensors");
    Pass pass =
        LanguageModelOracle.pass(
            parameters(golden, "param."),
            golden.ints("input.tokens"),
            golden.ints("input.targets"),
            golden.doubles("input.h0"),
            SHAPE);
    assertClose(golden, "output.embedding", pass.activations().embedded());
    assertClose(golden, "output.rnn", pass.activations().output());
    assertClose(golden, "output.logits", pass.activations().logits());
    assertClose(golden, "output.hn", pass.last());
    assertClose(golden, "output.loss", new double[] {pass.loss()});
    for (String name : PARAMETERS) {
      assertClose(golden, "grad." + name, pass.gradients().get(name));
    }
    assertClose(golden, "grad.input.h0", pass.gradInitial());
    assertClose(golden, "grad.output.embedding", pass.gradActivations().embedded());
    assertClose(golden, "grad.output.rnn", pass.gradActivations().output());
    assertClose(golden, "grad.output.logits", pass.gradActivations().logits());
  }

  /** To 1e-6 relative, or of the largest value: PyTorch computed in float32. */
  private static void assertClose(Golden golden, String tensor, double[] actual) {
    double[] expected = golden.doubles(tensor);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    new Tolerance(1e-6, 1e-6).around(largest).assertClose(tensor, expected, actual);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "clip"})
  void a_hundred_steps_of_adam_are_those_of_pytorch(String variant) {
    Golden golden = Golden.read("adam100.safetensors");
    Map<String, double[]> parameters = parameters(golden, "param.");
    Map<String, double[]> m = zeros(parameters);
    Map<String, double[]> v = zeros(parameters);
    int[] tokens = golden.ints("input.tokens");
    int[] targets = golden.ints("input.targets");
    double bound =
        variant.equals("clip")
            ? Double.parseDouble(golden.metadata().get("max_norm"))
            : Double.POSITIVE_INFINITY;
    AdamOracle.Options options =
        AdamOracle.Options.of(Double.parseDouble(golden.metadata().get("lr")));
    int batch = SHAPE.batch() * SHAPE.window();
    double[] state = new double[SHAPE.batch() * SHAPE.hidden()];
    double[] losses = new double[100];
    double[] norms = new double[100];
    for (int step = 1; step <= losses.length; step++) {
      Pass pass =
          LanguageModelOracle.pass(
              parameters,
              Arrays.copyOfRange(tokens, (step - 1) * batch, step * batch),
              Arrays.copyOfRange(targets, (step - 1) * batch, step * batch),
              state,
              SHAPE);
      state = pass.last();
      losses[step - 1] = pass.loss();
      norms[step - 1] = ClippingOracle.clip(pass.gradients().values(), bound);
      for (String name : PARAMETERS) {
        AdamOracle.step(
            parameters.get(name),
            pass.gradients().get(name),
            m.get(name),
            v.get(name),
            step,
            options);
      }
    }
    Tolerance tolerance = new Tolerance(1e-5, 0);
    tolerance.assertClose("losses", golden.doubles(variant + ".losses"), losses);
    tolerance.assertClose("norms", golden.doubles(variant + ".norms"), norms);
    for (String name : PARAMETERS) {
      new Tolerance(1e-5, 1e-5)
          .assertClose(name, golden.doubles(variant + ".final." + name), parameters.get(name));
    }
  }

  @Test
  void gradients_and_ten_steps_with_tied_weights_are_those_of_pytorch() {
    Golden golden = Golden.read("tied.safetensors");
    Shape shape = new Shape(5, 7, 31, 33, 33);
    Map<String, double[]> own = new LinkedHashMap<>();
    for (String name : PARAMETERS) {
      if (!name.equals("linear.weight")) {
        own.put(name, golden.doubles("param." + name));
      }
    }
    Map<String, double[]> parameters = new LinkedHashMap<>(own);
    parameters.put("linear.weight", own.get("embedding.weight"));
    Map<String, double[]> m = zeros(own);
    Map<String, double[]> v = zeros(own);
    AdamOracle.Options options =
        AdamOracle.Options.of(Double.parseDouble(golden.metadata().get("lr")));
    int[] tokens = golden.ints("input.tokens");
    int[] targets = golden.ints("input.targets");
    double[] state = new double[5 * 33];
    double[] losses = new double[10];
    for (int step = 1; step <= 10; step++) {
      Pass pass =
          LanguageModelOracle.pass(
              parameters,
              Arrays.copyOfRange(tokens, (step - 1) * 35, step * 35),
              Arrays.copyOfRange(targets, (step - 1) * 35, step * 35),
              state,
              shape);
      state = pass.last();
      losses[step - 1] = pass.loss();
      double[] shared = pass.gradients().get("embedding.weight");
      double[] other = pass.gradients().get("linear.weight");
      Arrays.setAll(shared, i -> shared[i] + other[i]);
      for (String name : own.keySet()) {
        double[] gradient = pass.gradients().get(name);
        if (step == 1) {
          // Both computed in double; the file holds its results as floats.
          new Tolerance(1e-7, 1e-10).assertClose(name, golden.doubles("grad." + name), gradient);
        }
        AdamOracle.step(own.get(name), gradient, m.get(name), v.get(name), step, options);
      }
    }
    new Tolerance(1e-6, 0).assertClose("losses", golden.doubles("losses"), losses);
  }

  @Test
  void every_gradient_is_that_of_central_differences_with_one_word_and_one_unit() {
    Shape shape = new Shape(2, 3, 1, 1, 1);
    Map<String, double[]> parameters = new LinkedHashMap<>();
    for (String name : PARAMETERS) {
      parameters.put(name, Samples.normal(name.hashCode(), 1, 1));
    }
    int[] tokens = new int[6];
    double[] initial = Samples.normal(1, 2, 1);
    Pass pass = LanguageModelOracle.pass(parameters, tokens, tokens, initial, shape);
    assertEquals(0, pass.loss());
    for (String name : PARAMETERS) {
      CentralDifferences.check(
          name,
          moved -> LanguageModelOracle.pass(parameters, tokens, tokens, initial, shape).loss(),
          parameters.get(name),
          pass.gradients().get(name));
    }
  }

  @Test
  void every_gradient_is_that_of_central_differences() {
    Shape shape = new Shape(2, 3, 31, 3, 5);
    int[] sizes = {31 * 3, 5 * 3, 5 * 5, 5, 5, 31 * 5, 31};
    Map<String, double[]> parameters = new LinkedHashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      parameters.put(PARAMETERS.get(i), Samples.normal(i, sizes[i], 0.5));
    }
    int[] tokens = Samples.integers(1, 6, 31);
    int[] targets = Samples.integers(2, 6, 31);
    double[] initial = Samples.normal(3, 2 * 5, 0.5);
    Pass pass = LanguageModelOracle.pass(parameters, tokens, targets, initial, shape);
    Map<String, double[]> arrays = new LinkedHashMap<>(parameters);
    Map<String, double[]> gradients = new LinkedHashMap<>(pass.gradients());
    arrays.put("initial", initial);
    gradients.put("initial", pass.gradInitial());
    for (String name : arrays.keySet()) {
      CentralDifferences.check(
          name,
          moved -> LanguageModelOracle.pass(parameters, tokens, targets, initial, shape).loss(),
          arrays.get(name),
          gradients.get(name));
    }
  }

  private static Map<String, double[]> parameters(Golden golden, String prefix) {
    Map<String, double[]> parameters = new LinkedHashMap<>();
    for (String name : PARAMETERS) {
      parameters.put(name, golden.doubles(prefix + name));
    }
    return parameters;
  }

  private static Map<String, double[]> zeros(Map<String, double[]> parameters) {
    Map<String, double[]> zeros = new LinkedHashMap<>();
    parameters.forEach((name, values) -> zeros.put(name, new double[values.length]));
    return zeros;
  }
}
