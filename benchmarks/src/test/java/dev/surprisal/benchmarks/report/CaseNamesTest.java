package dev.surprisal.benchmarks.report;

import static dev.surprisal.benchmarks.report.MadeUp.ours;
import static dev.surprisal.benchmarks.report.MadeUp.row;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Operation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CaseNamesTest {
  private static final Case ADAM = Case.of(Operation.ADAM, 10);
  private static final Case FORWARD = Case.of(Operation.RNN_FORWARD, 1, 20, 64).variant("tanh");
  private static final Case TRAINING = Case.of(Operation.RNN_TRAINING, 8, 20, 64).variant("gru");

  private static CaseNames names(Case... cases) {
    return new CaseNames(Arrays.stream(cases).map(which -> row("some", which, ours(1))).toList());
  }

  @Test
  void what_all_cases_have_in_common_is_left_out_but_for_sizes() {
    assertEquals("P=10", names(ADAM).of(ADAM));
    assertEquals("P=10, tf32", names(ADAM, ADAM.ofType("tf32")).of(ADAM.ofType("tf32")));
    assertEquals("rnn training, gru, B=8 T=20 H=64", names(FORWARD, TRAINING).of(TRAINING));
    assertEquals(
        "lstm, B=1 T=20 H=64", names(FORWARD, FORWARD.variant("lstm")).of(FORWARD.variant("lstm")));
  }

  @Test
  void labels_of_charts_leave_out_the_sizes_too_unless_nothing_is_left() {
    assertEquals("rnn training, gru, B=8", names(FORWARD, TRAINING).chartLabel(TRAINING));
    assertEquals("P=10", names(ADAM).chartLabel(ADAM));
  }
}
