package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CaseTest {
  @Test
  void aCaseIsNamedByAllThatTellsItFromOthers() {
    Case which = Case.of(Operation.RNN_TRAINING, 16, 35, 512).variant("tanh").ofType("tf32");

    assertEquals("rnn_training:tanh B=16 T=35 H=512 tf32", which.toString());
  }

  @Test
  void theLeastBytesAreThoseOfTheType() {
    Case which = Case.of(Operation.CROSS_ENTROPY, 10, 1000);

    assertEquals(80_000, which.bytes());
    assertEquals(40_000, which.ofType("bfloat16").bytes());
  }

  @Test
  void aCaseHasTheSizesOfItsOperation() {
    assertThrows(IllegalArgumentException.class, () -> Case.of(Operation.ADAM, 1, 2));
    assertThrows(IllegalArgumentException.class, () -> Case.of(Operation.ADAM, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Case(Operation.ADAM, Map.of("N", 1L), "float32", null));
    assertThrows(IllegalArgumentException.class, () -> Case.of(Operation.ADAM, 1).size("V"));
  }

  @Test
  void aTypeIsOneOfThree() {
    assertThrows(
        IllegalArgumentException.class, () -> Case.of(Operation.ADAM, 1).ofType("float16"));
  }
}
