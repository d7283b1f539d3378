package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Answer.Turn;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Ceilings;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.measure.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results that nobody measured. */
final class MadeUp {
  static final String PEER = "pytorch";
  static final Case STEP = Case.of(Operation.TRAINING_STEP, 100, 50, 50, 32, 35);

  private MadeUp() {}

  /** Turns of these medians, in microseconds; a sample is within 1% of its turn's median. */
  static List<Turn> turns(double... medians) {
    return turnsOf(null, medians);
  }

  static List<Turn> turnsOf(Long peakBytes, double... medians) {
    return Arrays.stream(medians)
        .mapToObj(median -> new Turn(median, median * 0.995, median * 1.005, 100, 1, peakBytes))
        .toList();
  }

  static Row row(String group, Case which, Map<String, List<Turn>> turns) {
    return row(group, which, turns, Map.of());
  }

  static Row row(
      String group, Case which, Map<String, List<Turn>> turns, Map<String, String> refused) {
    return new Row(group, which, which.bytes(), which.flops(), turns, refused);
  }

  /** Ours alone. */
  static Map<String, List<Turn>> ours(double... medians) {
    return new LinkedHashMap<>(Map.of(Contestant.OURS, turns(medians)));
  }

  /** Ours, and a peer. */
  static Map<String, List<Turn>> both(List<Turn> ours, List<Turn> peers) {
    Map<String, List<Turn>> turns = new LinkedHashMap<>();
    turns.put(Contestant.OURS, ours);
    turns.put(PEER, peers);
    return turns;
  }

  static Results results(Row... rows) {
    return new Results(environment("Abacus", "2026-01-02T03:04:05Z"), null, List.of(rows));
  }

  static Map<String, String> environment(String processor, String date) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("date", date);
    environment.put("device", "cpu");
    environment.put("hardware", processor);
    environment.put("cores", "8");
    return environment;
  }

  /** A bit of everything that a page can show. */
  static Results everything() {
    List<Row> rows = new ArrayList<>();
    Case entropy = Case.of(Operation.CROSS_ENTROPY, 1000, 1000);
    rows.add(row("cross-entropy", entropy, both(turns(1000, 1010, 990), turns(1500, 1616, 1386))));
    rows.add(
        row(
            "cross-entropy",
            entropy.ofType("bfloat16"),
            ours(600),
            Map.of(PEER, "has no such type", "liger", "is not installed")));
    Case projection = Case.of(Operation.PROJECTED_CROSS_ENTROPY, 100, 200, 1000);
    rows.add(row("projection and loss", projection, both(turns(2000, 2000), turns(1900, 1800))));
    Case layer = Case.of(Operation.RNN_FORWARD, 16, 100, 256).variant("tanh");
    rows.add(row("recurrent", layer, Map.of(), Map.of(Contestant.OURS, "out of memory")));
    rows.add(
        row(
            "recurrent",
            Case.of(Operation.RNN_TRAINING, 16, 100, 256).variant("tanh"),
            both(turns(5000), turns(10000))));
    Case loss = Case.of(Operation.PROJECTED_LOSS, 100, 200, 1000);
    rows.add(
        row(
            "losses",
            loss.variant("cross-entropy"),
            Map.of(Contestant.OURS, turnsOf(3L << 20, 2000))));
    rows.add(
        row("losses", loss.variant("focal"), Map.of(Contestant.OURS, turnsOf(4L << 20, 2500))));
    rows.add(row("step", STEP, both(turns(1500, 1400, 1600), turns(3000, 3500, 3100))));
    rows.add(row("step", STEP.ofType("tf32"), ours(1200), Map.of(PEER, "has no such type")));
    for (int doubled = 0; doubled < 4; doubled++) {
      long size = 1000L << doubled;
      Case grown = Case.of(Operation.TRAINING_STEP, size, 200, 200, 20, 35);
      rows.add(
          row(
              "growth in V",
              grown,
              both(turnsOf(size * 16000, 8.0 * size), turnsOf(null, 200 * Math.sqrt(size))),
              Map.of()));
    }
    Map<String, Double> products = Map.of("float32", 200e9);
    return new Results(
        environment("Abacus 2000", "2026-01-02T03:04:05Z"),
        new Ceilings(20e9, products, 0.5, 2.25, null),
        rows);
  }
}
