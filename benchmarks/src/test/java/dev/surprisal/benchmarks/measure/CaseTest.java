package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CaseTest {
  @Test
  void a_case_is_named_by_all_that_tells_it_from_others() {
    Case which = Case.of(Operation.RNN_TRAINING, 16, 35, 512).variant("tanh").ofType("tf32");

    assertEquals("rnn_training:tanh B=16 T=35 H=512 tf32", which.toString());
  }

  @Test
  void the_least_bytes_are_those_of_the_type() {
    Case which = Case.of(Operation.CROSS_ENTROPY, 10, 1000);

    assertEquals(80_000, which.bytes());
    assertEquals(40_000, which.ofType("bfloat16").bytes());
  }

  @Test
  void a_case_has_the_sizes_of_its_operation() {
    assertThrows(IllegalArgumentException.class, () -> Case.of(Operation.ADAM, 1, 2));
    assertThrows(IllegalArgumentException.class, () -> Case.of(Operation.ADAM, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Case(Operation.ADAM, Map.of("N", 1L), "float32", null));
    assertThrows(IllegalArgumentException.class, () -> Case.of(Operation.ADAM, 1).size("V"));
  }

  @Test
  void a_type_is_one_of_three() {
    assertThrows(
        IllegalArgumentException.class, () -> Case.of(Operation.ADAM, 1).ofType("float16"));
  }
}
