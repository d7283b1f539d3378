package dev.surprisal.benchmarks.report;

import static dev.surprisal.benchmarks.report.MadeUp.PEER;
import static dev.surprisal.benchmarks.report.MadeUp.STEP;
import static dev.surprisal.benchmarks.report.MadeUp.both;
import static dev.surprisal.benchmarks.report.MadeUp.ours;
import static dev.surprisal.benchmarks.report.MadeUp.row;
import static dev.surprisal.benchmarks.report.MadeUp.turns;
import static dev.surprisal.benchmarks.report.MadeUp.turnsOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Contestant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void a_time_is_the_median_of_the_turns_medians() {
    assertEquals(
        20, new Figures(row("step", STEP, ours(90, 20, 10))).time("surprisal").orElseThrow());
    assertEquals(15, new Figures(row("step", STEP, ours(10, 20))).time("surprisal").orElseThrow());
  }

  @Test
  void a_ratio_is_the_peers_time_over_ours_with_the_extremes_of_rounds() {
    Figures figures = new Figures(row("step", STEP, both(turns(10, 20, 30), turns(20, 20, 90))));

    Ratio ratio = figures.ratio(PEER).orElseThrow();

    assertEquals(new Ratio(1, 1, 3, 3), ratio);
    assertEquals("1.00 (1.00–3.00)", ratio.toString());
  }

  @Test
  void a_round_that_only_one_had_counts_for_its_median_alone() {
    Figures figures = new Figures(row("step", STEP, both(turns(10, 10, 10), turns(20))));

    assertEquals(new Ratio(2, 2, 2, 1), figures.ratio(PEER).orElseThrow());
    assertEquals("2.00", figures.ratio(PEER).orElseThrow().toString());
  }

  @Test
  void without_a_turn_there_is_no_figure_but_a_reason() {
    Figures figures = new Figures(row("step", STEP, ours(10), Map.of(PEER, "is too old")));

    assertTrue(figures.time(PEER).isEmpty());
    assertTrue(figures.ratio(PEER).isEmpty());
    assertEquals("is too old", figures.whyNot(PEER));
    assertEquals("not measured in this run", figures.whyNot("another"));
    assertEquals(Set.of(PEER), figures.peers());
  }

  @Test
  void memory_is_the_most_of_all_turns_that_know_it() {
    Figures figures = new Figures(row("step", STEP, both(turnsOf(7L, 1, 1), turns(2))));

    assertEquals(7, figures.memory(Contestant.OURS).orElseThrow());
    assertTrue(figures.memory(PEER).isEmpty());
  }
}
