package dev.surprisal.benchmarks.deeplearning4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Operation;
import org.junit.jupiter.api.Test;

class TrainingStepTest {
  @Test
  void it_learns_from_the_loss_of_guessing() {
    TrainingStep step = new TrainingStep(Case.of(Operation.TRAINING_STEP, 50, 8, 16, 4, 7));
    double first = step.run();
    // Summed over the window's 7 tokens.
    assertEquals(Math.log(50), first / 7, 0.7);
    double last = first;
    for (int i = 0; i < 200; i++) {
      last = step.run();
    }
    assertTrue(last < first - 0.5, first + " to " + last);
  }
}
