package dev.surprisal.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Contest.Deadline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ContestTest {
  private static final Effort EFFORT = new Effort(0, 0, 3);
  private static final Entry SMALL = new Entry("adam", Case.of(Operation.ADAM, 1000));
  private static final Entry LARGE = new Entry("adam", Case.of(Operation.ADAM, 100_000));

  private final List<String> asked = new ArrayList<>();
  private final List<String> progress = new ArrayList<>();

  /** Answers by rule and keeps a list of who was asked. */
  private Contestant contestant(String name, Function<Case, Answer> rule) {
    return new Contestant() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Answer time(Case which, Effort effort) {
        asked.add(name);
        return rule.apply(which);
      }

      @Override
      public void close() {}
    };
  }

  private static Answer.Turn turn(double median) {
    return new Answer.Turn(median, median, median, 3, 1, null);
  }

  private List<Row> run(
      Deadline deadline, Ceilings ceilings, List<Entry> entries, Contestant... contestants) {
    return new Contest(List.of(contestants), 3, EFFORT, deadline, ceilings, progress::add)
        .run(entries, rows -> {});
  }

  @Test
  void contestants_take_turns() {
    List<Row> rows =
        run(
            Deadline.in(0),
            null,
            List.of(SMALL),
            contestant("a", which -> turn(asked.size())),
            contestant("b", which -> turn(asked.size())));

    assertEquals(List.of("a", "b", "a", "b", "a", "b"), asked);
    assertEquals(
        Map.of(
            "a", List.of(turn(1), turn(3), turn(5)),
            "b", List.of(turn(2), turn(4), turn(6))),
        rows.get(0).turns());
    assertEquals(Map.of(), rows.get(0).refused());
    assertEquals(4, rows.get(0).median("b").getAsDouble());
    assertTrue(rows.get(0).median("c").isEmpty());
    assertEquals(6, progress.size());
  }

  @Test
  void a_case_for_some_peers_is_measured_by_ours_and_these() {
    List<Row> rows =
        run(
            Deadline.in(0),
            null,
            List.of(new Entry("growth", Case.of(Operation.ADAM, 1000), Set.of("b"))),
            contestant(Contestant.OURS, which -> turn(1)),
            contestant("a", which -> turn(1)),
            contestant("b", which -> turn(1)));

    assertEquals(Set.of(Contestant.OURS, "b"), rows.get(0).turns().keySet());
    assertEquals(Map.of(), rows.get(0).refused());
  }

  @Test
  void who_refuses_a_case_is_not_asked_for_it_again() {
    List<Row> rows =
        run(
            Deadline.in(0),
            null,
            List.of(SMALL, LARGE),
            contestant("a", which -> turn(1)),
            contestant(
                "b",
                which -> which.size("P") > 1000 ? new Answer.Refusal("out of memory") : turn(2)));

    assertEquals(3, rows.get(0).turns().get("b").size());
    assertEquals(Map.of("b", "out of memory"), rows.get(1).refused());
    assertEquals(3 + 1, asked.stream().filter("b"::equals).count());
  }

  @Test
  void who_fails_does_not_take_the_others_along() {
    List<Row> rows =
        run(
            Deadline.in(0),
            null,
            List.of(SMALL, LARGE),
            contestant(
                "a",
                which -> {
                  throw new IllegalStateException("no kernel");
                }),
            contestant("b", which -> turn(2)));

    assertEquals(
        Map.of("a", "failed: java.lang.IllegalStateException: no kernel"), rows.get(0).refused());
    assertEquals(3, rows.get(0).turns().get("b").size());
    assertEquals(3, rows.get(1).turns().get("b").size());
  }

  @Test
  void turns_that_were_taken_before_a_failure_stay() {
    Row row =
        run(
                Deadline.in(0),
                null,
                List.of(SMALL),
                contestant(
                    "a",
                    which -> asked.size() < 3 ? turn(1) : new Answer.Refusal("its process ended")))
            .get(0);

    assertEquals(2, row.turns().get("a").size());
    assertEquals("its process ended", row.refused().get("a"));
  }

  @Test
  void what_the_time_does_not_suffice_for_is_recorded() {
    long[] clock = {0};
    List<Row> rows =
        run(
            new Deadline(() -> clock[0], 4),
            null,
            List.of(SMALL, LARGE),
            contestant(
                "a",
                which -> {
                  clock[0] += 3;
                  return turn(1);
                }),
            contestant(
                "b",
                which -> {
                  clock[0] += 3;
                  return turn(1);
                }));

    assertEquals(List.of("a", "b"), asked);
    assertEquals(1, rows.get(0).turns().get("a").size());
    assertEquals(Map.of(), rows.get(0).refused());
    assertEquals(Map.of(), rows.get(1).turns());
    assertEquals(Map.of("a", Contest.NO_TIME, "b", Contest.NO_TIME), rows.get(1).refused());
  }

  @Test
  void every_row_is_handed_out_as_soon_as_it_is_there() {
    List<Integer> counts = new ArrayList<>();

    new Contest(
            List.of(contestant("a", which -> turn(1))),
            1,
            EFFORT,
            Deadline.in(0),
            null,
            progress::add)
        .run(List.of(SMALL, LARGE), rows -> counts.add(rows.size()));

    assertEquals(List.of(1, 2), counts);
  }

  @Test
  void a_time_that_no_device_could_reach_is_refused() {
    // 28 bytes a parameter: 28 us at 1 GB/s, and at least 9.4 us if the ceiling came out low.
    Ceilings ceilings = new Ceilings(1e9, Map.of(), null, null, null);

    Row row =
        run(
                Deadline.in(0),
                ceilings,
                List.of(SMALL),
                contestant("right", which -> turn(29)),
                contestant("ceiling low", which -> turn(10)),
                contestant("wrong", which -> turn(3)))
            .get(0);

    assertEquals(List.of("right", "ceiling low"), List.copyOf(row.turns().keySet()));
    assertTrue(
        row.refused().get("wrong").startsWith("measured wrong: 3.000 us would be 9.33 times"),
        row.refused()::toString);
  }

  @Test
  void what_the_cache_may_serve_has_no_such_bound() {
    Ceilings ceilings = new Ceilings(1e9, Map.of(), null, null, null);
    Entry lookup = new Entry("embedding", Case.of(Operation.EMBEDDING, 1000, 10, 100));

    Row row =
        run(Deadline.in(0), ceilings, List.of(lookup), contestant("a", which -> turn(100))).get(0);

    assertEquals(Map.of(), row.refused());
  }

  @Test
  void the_share_of_the_ceiling_is_of_the_one_that_bounds() {
    Ceilings ceilings = new Ceilings(1e12, Map.of("float32", 1e12), null, null, null);
    Case layer = Case.of(Operation.PROJECTED_CROSS_ENTROPY, 100, 100, 100);

    assertEquals(0.5, ceilings.share(layer, 12).getAsDouble(), 1e-9);
    assertTrue(ceilings.share(layer.ofType("bfloat16"), 12).getAsDouble() < 0.1);
    assertTrue(
        new Ceilings(null, null, null, null, null).share(layer, 12).isEmpty(),
        "no ceiling, no share");
  }

  @Test
  void a_contest_has_a_round() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Contest(Arrays.asList(), 0, EFFORT, Deadline.in(0), null, progress::add));
  }
}
