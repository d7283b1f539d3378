package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import java.util.Arrays;
import java.util.List;

class ParametersTest {
  private static final List<ParameterSpec> SPECS =
      List.of(
          new ParameterSpec("a", Shape.of(3, 5)),
          new ParameterSpec("b", Shape.of(17)),
          new ParameterSpec("c", Shape.of(1)));

  @OnEveryDevice
  void parameters_lie_one_behind_the_other_at_multiples_of_64_bytes(Bench bench) {
    try (Parameters parameters = new Parameters(bench.device(), SPECS)) {
      assertSame(bench.device(), parameters.device());
      assertEquals(List.of("a", "b", "c"), parameters.names());
      assertEquals(16 + 32 + 16, parameters.values().elements());
      assertEquals(16 + 32 + 16, parameters.gradients().elements());
      assertEquals(15 + 17 + 1, parameters.count());
      for (ParameterSpec spec : SPECS) {
        Tensor value = parameters.value(spec.name());
        assertEquals(spec.shape(), value.shape());
        assertEquals(0, (value.offset() - parameters.values().offset()) % 64);
      }
    }
  }

  @OnEveryDevice
  void each_parameter_is_a_part_of_the_whole_and_starts_at_zero(Bench bench) {
    try (Parameters parameters = new Parameters(bench.device(), SPECS)) {
      float[] expected = new float[64];
      assertArrayEquals(expected, parameters.values().toFloats());
      float[] ones = new float[17];
      Arrays.fill(ones, 1);
      parameters.value("b").write(ones);
      Arrays.fill(expected, 16, 33, 1);
      assertArrayEquals(expected, parameters.values().toFloats());
      assertArrayEquals(new float[64], parameters.gradients().toFloats());
      parameters.gradient("c").write(2f);
      assertEquals(2, parameters.gradients().toFloats()[48]);
      assertArrayEquals(expected, parameters.values().toFloats());
    }
  }

  @OnEveryDevice
  void an_optimisers_state_is_cut_as_the_parameters_are(Bench bench) {
    try (Parameters parameters = new Parameters(bench.device(), SPECS)) {
      Tensor moments = bench.floats(new double[64]);
      parameters.slice(moments, "c").write(7f);
      assertEquals(7, moments.toFloats()[48]);
      assertThrows(IllegalArgumentException.class, () -> parameters.slice(bench.output(63), "c"));
    }
  }

  @OnEveryDevice
  void a_name_that_is_unknown_or_taken_is_refused(Bench bench) {
    try (Parameters parameters = new Parameters(bench.device(), SPECS)) {
      assertEquals(1, parameters.index("b"));
      String message =
          assertThrows(IllegalArgumentException.class, () -> parameters.value("d")).getMessage();
      assertEquals("no parameter is called d; there are [a, b, c]", message);
      assertThrows(UnsupportedOperationException.class, () -> parameters.names().add("d"));
    }
    List<ParameterSpec> twice = List.of(SPECS.get(0), SPECS.get(1), SPECS.get(0));
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Parameters(bench.device(), twice))
            .getMessage();
    assertEquals("two parameters are called a", message);
  }

  @OnEveryDevice
  void closing_gives_the_memory_back(Bench bench) {
    long before = bench.device().memory().current();
    Parameters parameters = new Parameters(bench.device(), SPECS);
    Tensor value = parameters.value("a");
    assertTrue(bench.device().memory().current() == before + 2 * 64 * 4);
    parameters.close();
    assertEquals(before, bench.device().memory().current());
    assertThrows(IllegalStateException.class, value::toFloats);
  }
}
