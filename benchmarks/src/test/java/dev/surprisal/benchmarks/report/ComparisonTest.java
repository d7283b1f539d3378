package dev.surprisal.benchmarks.report;

import static dev.surprisal.benchmarks.report.MadeUp.PEER;
import static dev.surprisal.benchmarks.report.MadeUp.STEP;
import static dev.surprisal.benchmarks.report.MadeUp.both;
import static dev.surprisal.benchmarks.report.MadeUp.ours;
import static dev.surprisal.benchmarks.report.MadeUp.results;
import static dev.surprisal.benchmarks.report.MadeUp.row;
import static dev.surprisal.benchmarks.report.MadeUp.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.surprisal.benchmarks.measure.Answer.Turn;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.report.Change.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Case ADAM = Case.of(Operation.ADAM, 1000);

  private static Change compare(Map<String, List<Turn>> old, Map<String, List<Turn>> now) {
    return Comparison.of(results(row("step", STEP, old)), results(row("step", STEP, now))).get(0);
  }

  @Test
  void a_change_within_the_spread_of_both_runs_is_noise() {
    Change change = compare(ours(100, 96, 104), ours(110, 108, 112));

    assertEquals(Verdict.WITHIN_NOISE, change.verdict());
    assertEquals(1.10, change.judged(), 1e-12);
    assertEquals(8 / 100.0 + 4 / 110.0, change.noise(), 1e-12);
    assertNull(change.peer());
  }

  @Test
  void a_change_beyond_it_is_slower_or_faster() {
    assertEquals(Verdict.SLOWER, compare(ours(100, 98, 102), ours(110, 109, 111)).verdict());
    assertEquals(Verdict.FASTER, compare(ours(110, 109, 111), ours(100, 98, 102)).verdict());
  }

  @Test
  void repeats_that_happen_to_agree_leave_the_least_noise() {
    Change change = compare(ours(100, 100, 100), ours(101.9, 101.9, 101.9));

    assertEquals(Comparison.LEAST_NOISE, change.noise());
    assertEquals(Verdict.WITHIN_NOISE, change.verdict());
    assertEquals(Verdict.SLOWER, compare(ours(100, 100), ours(102.1, 102.1)).verdict());
  }

  @Test
  void a_single_round_is_as_sure_as_its_samples() {
    List<Turn> wide = List.of(new Turn(100, 90, 110, 50, 1, null));
    List<Turn> narrow = List.of(new Turn(120, 118, 121, 50, 1, null));

    Change change = compare(Map.of("surprisal", wide), Map.of("surprisal", narrow));

    assertEquals(20 / 100.0 + 3 / 120.0, change.noise(), 1e-12);
    assertEquals(Verdict.WITHIN_NOISE, change.verdict());
  }

  @Test
  void a_machine_that_is_slower_as_a_whole_is_no_regression() {
    Change change =
        compare(
            both(turns(100, 101, 99), turns(200, 202, 198)),
            both(turns(150, 151.5, 148.5), turns(300, 303, 297)));

    assertEquals(1.5, change.change(), 1e-12);
    assertEquals(PEER, change.peer());
    assertEquals(1.5, change.drift(), 1e-12);
    assertEquals(1, change.judged(), 1e-12);
    assertEquals(Verdict.WITHIN_NOISE, change.verdict());
  }

  @Test
  void a_faster_machine_does_not_hide_a_regression() {
    Change change =
        compare(
            both(turns(100, 100, 100), turns(200, 200, 200)),
            both(turns(100, 100, 100), turns(160, 160, 160)));

    assertEquals(1, change.change(), 1e-12);
    assertEquals(1.25, change.judged(), 1e-12);
    assertEquals(Verdict.SLOWER, change.verdict());
  }

  @Test
  void rounds_are_compared_one_by_one_so_that_a_drift_between_them_is_no_noise() {
    Change change =
        compare(
            both(turns(100, 200, 300), turns(200, 400, 600)),
            both(turns(110, 220, 330), turns(200, 400, 600)));

    assertEquals(Comparison.LEAST_NOISE, change.noise());
    assertEquals(Verdict.SLOWER, change.verdict());
  }

  @Test
  void of_several_peers_the_steadiest_shows_what_the_machine_does() {
    Map<String, List<Turn>> old = both(turns(100, 100), turns(200, 300));
    Map<String, List<Turn>> now = both(turns(100, 100), turns(200, 300));
    old.put("steady", turns(500, 501));
    now.put("steady", turns(500, 501));

    assertEquals("steady", compare(old, now).peer());
  }

  @Test
  void a_peer_of_one_run_alone_is_no_measure() {
    Change change = compare(both(turns(100, 100), turns(200, 200)), ours(150, 150));

    assertNull(change.peer());
    assertEquals(Verdict.SLOWER, change.verdict());
  }

  @Test
  void cases_of_one_run_alone_are_named_and_not_judged() {
    List<Change> changes =
        Comparison.of(
            results(row("step", STEP, ours(1)), row("adam", ADAM, ours(2))),
            results(
                row("step", STEP, ours(1)),
                row("growth in V", STEP, ours(3)),
                row("adam", ADAM, Map.of(), Map.of("surprisal", "out of memory"))));

    assertEquals(
        List.of(Verdict.WITHIN_NOISE, Verdict.ONLY_NEW, Verdict.ONLY_OLD),
        changes.stream().map(Change::verdict).toList());
    assertEquals(3, changes.get(1).after());
    assertNull(changes.get(1).before());
    assertEquals(2, changes.get(2).before());
    assertNull(changes.get(2).judged());
  }
}
