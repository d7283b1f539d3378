package dev.surprisal.benchmarks.preset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Answer.Refusal;
import dev.surprisal.benchmarks.measure.Answer.Turn;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Operation;
import java.util.ServiceLoader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;

class PresetPeerTest {
  private static final Effort SHORT = new Effort(0.01, 0.02, 3);
  private static final Case STEP = Case.of(Operation.TRAINING_STEP, 50, 8, 16, 4, 7);

  @Test
  void it_is_found_as_a_service() {
    Contestant peer = ServiceLoader.load(Contestant.class).findFirst().orElseThrow();
    assertEquals("pytorch-javacpp", peer.name());
    assertTrue(peer.environment().get("pytorch-javacpp").endsWith("OMP_WAIT_POLICY=PASSIVE"));
  }

  @Test
  void a_training_step_has_a_turn() {
    try (PresetPeer peer = new PresetPeer()) {
      Answer answer = peer.time(STEP, SHORT);
      Turn turn = assertInstanceOf(Turn.class, answer, answer::toString);
      assertTrue(0 < turn.lower() && turn.lower() <= turn.median(), turn::toString);
      assertTrue(turn.median() <= turn.upper() && turn.samples() >= 3, turn::toString);
    }
  }

  @Test
  void openblas_has_as_many_threads_behind_it_as_before() {
    openblas_nolapack.blas_set_num_threads(1);
    try (PresetPeer peer = new PresetPeer()) {
      peer.time(STEP, SHORT);
      assertEquals(1, openblas_nolapack.blas_get_num_threads());
    }
  }

  @Test
  void it_learns_from_the_loss_of_guessing() {
    try (TrainingStep step = new TrainingStep(STEP)) {
      float first = step.run();
      assertEquals(Math.log(50), first, 0.5);
      float last = first;
      for (int i = 0; i < 200; i++) {
        last = step.run();
      }
      assertTrue(last < first - 0.5, first + " to " + last);
    }
  }

  @Test
  void other_work_is_refused() {
    try (PresetPeer peer = new PresetPeer()) {
      assertEquals(
          new Refusal("is measured by training steps alone"),
          peer.time(Case.of(Operation.ADAM, 100), SHORT));
      assertEquals(
          new Refusal("is measured in float32 alone"), peer.time(STEP.ofType("bfloat16"), SHORT));
    }
  }
}
