package dev.surprisal.benchmarks.ours;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.device.Device;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OursTest {
  private static final Effort SHORT = new Effort(0, 0, 3);

  private final Ours ours = new Ours("cpu");

  static Stream<Case> oneOfEachOperation() {
    return Stream.of(
        Case.of(Operation.CROSS_ENTROPY, 1000, 1000),
        Case.of(Operation.PROJECTED_CROSS_ENTROPY, 40, 30, 500),
        Case.of(Operation.PROJECTED_CROSS_ENTROPY, 40, 30, 500).ofType("bfloat16"),
        Case.of(Operation.PROJECTION_PRODUCTS, 40, 30, 500),
        Case.of(Operation.PROJECTION_PRODUCTS, 40, 30, 500).ofType("bfloat16"),
        Case.of(Operation.PROJECTED_LOSS, 40, 30, 500).variant("focal"),
        Case.of(Operation.RNN_FORWARD, 4, 5, 32).variant("tanh"),
        Case.of(Operation.RNN_TRAINING, 4, 5, 32).variant("tanh"),
        Case.of(Operation.EMBEDDING, 2000, 1000, 200),
        Case.of(Operation.EMBEDDING, 2000, 1000, 200).ofType("bfloat16"),
        Case.of(Operation.EMBEDDING_BACKWARD, 2000, 1000, 200),
        Case.of(Operation.ADAM, 1_000_000),
        Case.of(Operation.TRAINING_STEP, 50, 8, 16, 4, 5));
  }

  @ParameterizedTest
  @MethodSource("oneOfEachOperation")
  void every_operation_is_measured_on_the_cpu(Case which) {
    Answer.Turn turn = assertInstanceOf(Answer.Turn.class, ours.time(which, SHORT));

    assertTrue(turn.median() > 0, turn::toString);
    assertTrue(turn.samples() >= 3, turn::toString);
  }

  @Test
  void there_is_a_case_of_each_operation() {
    assertEquals(
        List.of(Operation.values()), oneOfEachOperation().map(Case::operation).distinct().toList());
  }

  @Test
  void memory_is_told_where_a_user_would_hold_as_much() {
    Case products = Case.of(Operation.PROJECTION_PRODUCTS, 40, 30, 500);
    Answer.Turn turn = assertInstanceOf(Answer.Turn.class, ours.time(products, SHORT));
    Case rotated = Case.of(Operation.EMBEDDING, 2000, 1000, 200);

    assertEquals(4L * (2 * 500 * 30 + 2 * 40 * 30 + 2 * 40 * 500), turn.peakBytes());
    assertNull(assertInstanceOf(Answer.Turn.class, ours.time(rotated, SHORT)).peakBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bfloat16", "tf32"})
  void a_type_that_there_is_not_is_refused(String type) {
    Answer answer = ours.time(Case.of(Operation.ADAM, 1000).ofType(type), SHORT);

    assertEquals(new Answer.Refusal("has no adam of " + type), answer);
  }

  @Test
  void the_cpu_does_not_pass_float32_off_as_tf32() {
    Case which = Case.of(Operation.TRAINING_STEP, 50, 8, 16, 4, 5).ofType("tf32");

    assertEquals(
        new Answer.Refusal("multiplies float32 on the CPU as it is, never as tf32"),
        ours.time(which, SHORT));
  }

  @Test
  void a_variant_that_there_is_not_is_refused() {
    Case layer = Case.of(Operation.RNN_FORWARD, 4, 5, 32);

    assertEquals(
        new Answer.Refusal("has no variant mish of rnn_forward"),
        ours.time(layer.variant("mish"), SHORT));
    assertEquals(
        new Answer.Refusal("needs to be told the variant of rnn_forward"), ours.time(layer, SHORT));
  }

  @Test
  void what_does_not_fit_into_memory_is_refused() {
    Case which = Case.of(Operation.ADAM, 1L << 50);

    assertEquals(new Answer.Refusal("out of memory"), ours.time(which, SHORT));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void every_loss_is_measured(String loss) {
    Case which = Case.of(Operation.PROJECTED_LOSS, 40, 32, 12_000).variant(loss);

    assertNotNull(assertInstanceOf(Answer.Turn.class, ours.time(which, SHORT)).peakBytes());
  }

  static List<String> losses() {
    return LossCases.names();
  }

  @Test
  void a_training_step_learns() {
    try (Device device = Device.cpu(1);
        TrainingStep step = new TrainingStep(device, new StepShape(50, 8, 16, 4, 5))) {
      float first = step.run();
      for (int i = 0; i < 500; i++) {
        step.issue();
      }

      assertTrue(step.settle() < first - 0.3f);
    }
  }
}
