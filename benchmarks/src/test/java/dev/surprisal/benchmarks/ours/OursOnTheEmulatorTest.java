package dev.surprisal.benchmarks.ours;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.Emulated;
import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.Rotation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All that a GPU would be asked for, by the CUDA device's Java and kernels that run on the host.
 */
class OursOnTheEmulatorTest {
  private static final Effort SHORT = new Effort(0, 0, 3);
  private static final Rotation SMALL_CACHE = new Rotation(20_000);

  private final Ours ours = new Ours("cuda:0", SMALL_CACHE, Emulated::open);

  @BeforeAll
  static void needsTheEmulatedDevice() {
    Emulated.assume();
  }

  static Stream<Case> oneOfEachOperation() {
    return Stream.of(
        Case.of(Operation.CROSS_ENTROPY, 8, 200),
        Case.of(Operation.PROJECTED_CROSS_ENTROPY, 8, 16, 50),
        Case.of(Operation.PROJECTED_CROSS_ENTROPY, 8, 16, 50).ofType("tf32"),
        Case.of(Operation.PROJECTED_CROSS_ENTROPY, 8, 16, 50).ofType("bfloat16"),
        Case.of(Operation.PROJECTION_PRODUCTS, 8, 16, 50).ofType("bfloat16"),
        Case.of(Operation.PROJECTED_LOSS, 8, 16, 50).variant("focal"),
        Case.of(Operation.RNN_FORWARD, 2, 3, 16).variant("tanh"),
        Case.of(Operation.RNN_TRAINING, 2, 3, 16).variant("tanh"),
        Case.of(Operation.EMBEDDING, 20, 50, 16),
        Case.of(Operation.EMBEDDING, 20, 50, 16).ofType("bfloat16"),
        Case.of(Operation.EMBEDDING_BACKWARD, 20, 50, 16),
        Case.of(Operation.ADAM, 300),
        Case.of(Operation.TRAINING_STEP, 20, 8, 8, 2, 3));
  }

  @ParameterizedTest
  @MethodSource("oneOfEachOperation")
  void every_operation_is_measured(Case which) {
    Answer.Turn turn = assertInstanceOf(Answer.Turn.class, ours.time(which, SHORT));

    assertTrue(turn.median() > 0, turn::toString);
  }

  @Test
  void there_is_a_case_of_each_operation() {
    assertEquals(
        List.of(Operation.values()), oneOfEachOperation().map(Case::operation).distinct().toList());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void every_loss_is_measured(String loss) {
    // Lists of hypotheses need 20 tokens, and the adaptive softmax its two cutoffs.
    Case which = Case.of(Operation.PROJECTED_LOSS, 20, 16, 10_100).variant(loss);

    assertInstanceOf(Answer.Turn.class, ours.time(which, SHORT));
  }

  static List<String> losses() {
    return LossCases.names();
  }
}
