package dev.surprisal.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Ceilings;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.measure.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static List<Answer.Turn> turns(double... medians) {
    return Arrays.stream(medians)
        .mapToObj(median -> new Answer.Turn(median, median, median, 3, 1, null))
        .toList();
  }

  private static Row row(
      String group, Case which, Map<String, List<Answer.Turn>> turns, Map<String, String> refused) {
    return new Row(group, which, which.bytes(), which.flops(), turns, refused);
  }

  @Test
  void a_group_is_a_table_with_the_medians_of_turns_and_their_ratios() {
    Ceilings ceilings = new Ceilings(1e9, Map.of(), null, null, null);
    Results results =
        new Results(
            Map.of(),
            ceilings,
            List.of(
                row(
                    "adam",
                    Case.of(Operation.ADAM, 1000),
                    Map.of("surprisal", turns(56, 40, 100), "pytorch", turns(112, 90, 140)),
                    Map.of("liger", "has no Adam")),
                row(
                    "adam",
                    Case.of(Operation.ADAM, 100_000),
                    Map.of("pytorch", turns(5000)),
                    Map.of("surprisal", "no time left", "liger", "has no Adam")),
                row(
                    "losses",
                    Case.of(Operation.PROJECTED_LOSS, 1, 2, 3).variant("focal"),
                    Map.of("surprisal", turns(7)),
                    Map.of())));

    assertEquals(
        """
        adam                   surprisal us  of ceiling  pytorch us  ratio
        adam P=1000 float32           56.00        0.50      112.00   2.00
        adam P=100000 float32             -           -     5000.00      -
          liger: has no Adam (2 cases)
          surprisal: no time left

        losses                                    surprisal us  of ceiling
        projected_loss:focal N=1 H=2 V=3 float32          7.00           -

        """,
        Summary.of(results));
  }
}
