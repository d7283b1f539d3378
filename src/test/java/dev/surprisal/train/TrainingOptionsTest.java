package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.optim.OptimizerSpec;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingOptionsTest {
  @Test
  void what_is_not_set_has_its_default() {
    assertEquals(
        new TrainingOptions(
            new Batching(32, 64, false, 1),
            OptimizerSpec.adam(2e-3, 0),
            new Stopping(10, 0, 0),
            LossSpec.CROSS_ENTROPY),
        TrainingOptions.builder().build());
  }

  @Test
  void what_is_set_is_there() {
    assertEquals(
        new TrainingOptions(
            new Batching(2, 3, true, -7),
            OptimizerSpec.adam(0.5, 0.25),
            new Stopping(4, 5, 6),
            (TokenLossSpec) LossSpec.parse("focal:gamma=1")),
        TrainingOptions.builder()
            .batch(2)
            .window(3)
            .shuffled(true)
            .learningRate(0.5)
            .clip(0.25)
            .epochs(4)
            .steps(5)
            .patience(6)
            .seed(-7)
            .loss(LossSpec.parse("focal:gamma=1"))
            .build());
  }

  @Test
  void a_loss_of_lists_is_refused() {
    TrainingOptions.Builder builder = TrainingOptions.builder();
    LossSpec ranking = LossSpec.parse("ranking");
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> builder.loss(ranking));
    assertEquals(
        "the loss ranking trains on n-best lists: use NBestTrainer, or choose a loss of tokens",
        refused.getMessage());
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        wrong("a batch of 1 or more, found 0", builder -> builder.batch(0)),
        wrong("a window of 1 or more, found 0", builder -> builder.window(0)),
        wrong(
            "batch × window up to 2^24, found 16842752",
            builder -> builder.batch(1 << 16).window(257)),
        wrong(
            "batch × window up to 2^24, found 4611686014132420609",
            builder -> builder.batch(Integer.MAX_VALUE).window(Integer.MAX_VALUE)),
        wrong(
            "a learning rate above 0 and finite as a float, found 0.0",
            builder -> builder.learningRate(0)),
        wrong(
            "a learning rate above 0 and finite as a float, found -1.0",
            builder -> builder.learningRate(-1)),
        wrong(
            "a learning rate above 0 and finite as a float, found NaN",
            builder -> builder.learningRate(Double.NaN)),
        wrong(
            "a learning rate above 0 and finite as a float, found Infinity",
            builder -> builder.learningRate(Double.POSITIVE_INFINITY)),
        wrong(
            "a learning rate above 0 and finite as a float, found 1.0E39",
            builder -> builder.learningRate(1e39)),
        wrong(
            "a learning rate above 0 and finite as a float, found 1.0E-60",
            builder -> builder.learningRate(1e-60)),
        wrong("a finite clipping norm of 0 or more, found -0.5", builder -> builder.clip(-0.5)),
        wrong(
            "a finite clipping norm of 0 or more, found NaN", builder -> builder.clip(Double.NaN)),
        wrong("1 epoch or more, found 0", builder -> builder.epochs(0)),
        wrong("0 steps (go by epochs) or more, found -1", builder -> builder.steps(-1)),
        wrong("a patience of 0 (none) or more, found -1", builder -> builder.patience(-1)));
  }

  private static Arguments wrong(String message, UnaryOperator<TrainingOptions.Builder> set) {
    return Arguments.of(message, set);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void an_option_outside_its_range_is_refused(
      String message, UnaryOperator<TrainingOptions.Builder> set) {
    TrainingOptions.Builder builder = set.apply(TrainingOptions.builder());
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, builder::build);
    assertEquals("training takes " + message, refused.getMessage());
  }
}
